/** The event stream (SSE) as an async iterator, over `fetch`, so that refusals have a status and tokens can be used. */
import { ApiError } from './error';
import { sleep } from './retry';
import type { Schemas } from './types';

/** Whether events arrive: `waiting` is the pause before the next attempt. */
export type StreamState = 'connecting' | 'live' | 'waiting';

/** Which events, and from where on. */
export interface EventOptions {
  /** After this sequence number; without it, only what happens from now on. */
  cursor?: string;
  /** A type, or a prefix such as `tenantry.project.*`. */
  type?: string;
  /** Ends the iteration. */
  signal?: AbortSignal;
  /** Told about each change of the connection. */
  onState?: (state: StreamState) => void;
  /** The longest pause between two attempts, in milliseconds. */
  longestPause?: number;
}

interface Frame {
  id?: string;
  data: string;
}

/** Read server-sent events (HTML standard, 9.2.6) from a body. */
export async function* readFrames(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame, void, void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const frame = parseFrame(block);
        if (frame) {
          yield frame;
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parseFrame(block: string): Frame | undefined {
  const data: string[] = [];
  let id: string | undefined;
  for (const line of block.split('\n')) {
    const [, field, value] = /^([^:]+):? ?(.*)$/.exec(line) ?? [];
    if (field === 'data') {
      data.push(value ?? '');
    } else if (field === 'id') {
      id = value;
    }
  }
  return data.length > 0 ? { id, data: data.join('\n') } : undefined;
}

/** Refusals that waiting does not heal. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiError && error.status < 500 && error.status !== 429;
}

/** Follow the events; interruptions are bridged with `Last-Event-ID`. Throws when the server refuses for good. */
export async function* followEvents(
  send: (request: Request) => Promise<Response>,
  baseUrl: string,
  options: EventOptions,
): AsyncGenerator<Schemas['CloudEvent'], void, void> {
  let last = options.cursor;
  let failures = 0;
  while (!options.signal?.aborted) {
    options.onState?.('connecting');
    try {
      const response = await send(streamRequest(baseUrl, last, options));
      options.onState?.('live');
      failures = 0;
      for await (const frame of readFrames(response.body as ReadableStream<Uint8Array>)) {
        last = frame.id ?? last;
        yield JSON.parse(frame.data) as Schemas['CloudEvent'];
      }
    } catch (error) {
      if (options.signal?.aborted) {
        return;
      }
      if (isFinal(error)) {
        throw error;
      }
      failures += 1;
    }
    if (failures > 0) {
      options.onState?.('waiting');
      await sleep(pause(failures, options.longestPause), options.signal).catch(() => undefined);
    }
  }
}

function pause(failures: number, longest = 15_000): number {
  const ceiling = Math.min(longest, 500 * 2 ** (failures - 1));
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

function streamRequest(baseUrl: string, last: string | undefined, options: EventOptions): Request {
  const query = new URLSearchParams();
  if (last !== undefined) {
    query.set('cursor', last);
  }
  if (options.type) {
    query.set('type', options.type);
  }
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  return new Request(`${baseUrl}/events/stream?${query}`, { headers, signal: options.signal, cache: 'no-store' });
}
