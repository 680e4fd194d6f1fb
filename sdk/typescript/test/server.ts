/** A `fetch` that answers from a script and remembers what it was asked. */

import type { ClientOptions } from '../src';
import { Tenantry } from '../src';

/** What a step answers: a response, or a failure of the network. */
export type Step = Response | Error | ((request: Request) => Response | Promise<Response>);

/** A scripted server. */
export class ScriptedServer {
  readonly requests: Request[] = [];

  constructor(private readonly steps: Step[]) {}

  readonly fetch = async (request: Request): Promise<Response> => {
    this.requests.push(request.clone());
    const step = this.steps.shift();
    if (!step) {
      throw new Error(`Unexpected request: ${request.method} ${request.url}`);
    }
    if (step instanceof Error) {
      throw step;
    }
    return typeof step === 'function' ? step(request) : step;
  };

  /** The requests as `GET /v1/acme/projects`. */
  get log(): string[] {
    return this.requests.map((request) => `${request.method} ${new URL(request.url).pathname}`);
  }
}

/** A success envelope. */
export function ok(data: unknown, meta?: unknown, headers: Record<string, string> = {}): Response {
  return Response.json({ status: 'success', data, meta }, { headers });
}

/** A problem document. */
export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  const body = { title: 'Refused', status, detail: `because ${code}`, code, request_id: 'r-1' };
  return Response.json(body, { status, headers: { 'content-type': 'application/problem+json', ...headers } });
}

/** A client of a scripted server that does not wait long. */
export function clientOf(steps: Step[], options: Partial<ClientOptions> = {}): [Tenantry, ScriptedServer] {
  const server = new ScriptedServer(steps);
  const client = new Tenantry({
    url: 'http://server.test',
    tenant: 'acme',
    retry: { base: 1, cap: 2_000 },
    fetch: server.fetch,
    ...options,
  });
  return [client, server];
}

/** Tokens that are good for an hour. */
export const TOKENS = { accessToken: 'a1', refreshToken: 'r1', expiresAt: Date.now() + 3_600_000 };

/** The answer to a sign-in or refresh. */
export function tokenAnswer(accessToken: string): Response {
  return ok({ access_token: accessToken, refresh_token: `${accessToken}-r`, token_type: 'Bearer', expires_in: 900 });
}
