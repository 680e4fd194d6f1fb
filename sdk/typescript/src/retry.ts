/**
 * Which requests are repeated, and when.
 *
 * Safe requests are repeated after network failures and passing server troubles. Writes are too, because they carry an
 * `Idempotency-Key`: the server does them once. `DELETE` takes no key, so it is repeated only when the server refused to begin.
 */
import { readRetryAfter } from './error';

/** How often and how long to try. */
export interface RetryPolicy {
  /** Attempts in all; 1 never repeats. */
  attempts: number;
  /** The first pause in milliseconds; it doubles with each attempt, with jitter. */
  base: number;
  /** The longest pause in milliseconds. A longer `Retry-After` is not waited for: the error is the answer. */
  cap: number;
}

/** Four attempts within a few seconds. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, base: 200, cap: 10_000 };

/** A pause that ends early when the request is given up. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** The sleep of real life. */
export const sleep: Sleep = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, { once: true });
  });

const NOT_BEGUN = new Set([429, 503]);
const PASSING = new Set([429, 502, 503, 504]);

/** Send, and send again where that is right. A failure of the network is thrown as it came. */
export async function withRetry(
  request: Request,
  send: (attempt: Request) => Promise<Response>,
  policy: RetryPolicy,
  wait: Sleep = sleep,
): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt >= policy.attempts;
    try {
      const response = await send(isLast ? request : request.clone());
      const pause = isLast ? undefined : await pauseAfter(request, response, attempt, policy);
      if (pause === undefined) {
        return response;
      }
      await response.body?.cancel();
      await wait(pause, request.signal);
    } catch (error) {
      if (isLast || request.signal.aborted || !isRepeatable(request)) {
        throw error;
      }
      await wait(backoff(attempt, policy), request.signal);
    }
  }
}

async function pauseAfter(
  request: Request,
  response: Response,
  attempt: number,
  policy: RetryPolicy,
): Promise<number | undefined> {
  const passing = isRepeatable(request) ? PASSING : NOT_BEGUN;
  const isPassing = passing.has(response.status) || (response.status === 409 && (await isInFlight(response)));
  if (!isPassing) {
    return undefined;
  }
  const asked = readRetryAfter(response);
  if (asked === undefined) {
    return backoff(attempt, policy);
  }
  return asked * 1000 <= policy.cap ? asked * 1000 + Math.random() * policy.base : undefined;
}

/** Another request with the same key is still at work: its answer comes soon. */
async function isInFlight(response: Response): Promise<boolean> {
  try {
    return (await response.clone().json()).code === 'idempotency_in_flight';
  } catch {
    return false;
  }
}

function isRepeatable(request: Request): boolean {
  return request.method === 'GET' || request.headers.has('idempotency-key');
}

/** Exponential backoff with full jitter in its upper half. */
function backoff(attempt: number, policy: RetryPolicy): number {
  const ceiling = Math.min(policy.cap, policy.base * 2 ** (attempt - 1));
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
