/** What can go wrong: an answer that is a problem, or no answer at all. */

/** One field of a problem. */
export interface FieldProblem {
  /** `#/name` (JSON pointer into the body), `query/limit`, `path/project_id` or `header/if-match`. */
  pointer: string;
  detail: string;
}

interface ProblemBody {
  title?: string;
  detail?: string;
  code?: string;
  request_id?: string;
  errors?: FieldProblem[];
  [member: string]: unknown;
}

/** The server answered with a problem (RFC 9457). Decide by `code`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** Stable and machine-readable: `version_mismatch`. */
    readonly code: string,
    /** One sentence for people. */
    readonly detail: string,
    /** Which fields are wrong. */
    readonly errors: readonly FieldProblem[] = [],
    /** The id to name to an operator. */
    readonly requestId?: string,
    /** Seconds to wait before the next attempt. */
    readonly retryAfter?: number,
    /** What else this problem says: `mfa_token` of `mfa_required`. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${status} ${code}: ${detail}`);
  }

  /** Read a refused answer; bodies that are no problem documents give a code made of the status. */
  static async from(response: Response): Promise<ApiError> {
    const { type, status, title, detail, code, errors, request_id, ...members } = await readProblem(response);
    return new ApiError(
      response.status,
      code ?? `http_${response.status}`,
      detail ?? title ?? response.statusText,
      errors ?? [],
      request_id ?? response.headers.get('x-request-id') ?? undefined,
      readRetryAfter(response),
      members,
    );
  }
}

/** There was no answer: the network is cut, the server is down, or the request was too slow. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';

  constructor(cause: unknown) {
    super('The server could not be reached', { cause });
  }
}

async function readProblem(response: Response): Promise<ProblemBody> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? (body as ProblemBody) : {};
  } catch {
    return {};
  }
}

/** `Retry-After` in seconds; both of its forms (RFC 9110, 10.2.3). */
export function readRetryAfter(response: Response, now = Date.now()): number | undefined {
  const value = response.headers.get('retry-after');
  if (!value) {
    return undefined;
  }
  const seconds = Number(value);
  if (Number.isFinite(seconds)) {
    return Math.max(0, seconds);
  }
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}
