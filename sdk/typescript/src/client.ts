/** The client: sends calls, signs them, repeats what may be repeated, and turns refusals into `ApiError`. */
import createFetchClient from 'openapi-fetch';
import { type Auth, CookieAuth, type Credentials, FixedAuth, TokenAuth, type Tokens } from './auth';
import { type AnyInput, type Call, call, toCurl, urlOf } from './call';
import { ApiError, NetworkError } from './error';
import { type EventOptions, followEvents } from './events';
import { paginate } from './paginate';
import { DEFAULT_RETRY, type RetryPolicy, withRetry } from './retry';
import type { Answer, AnswerOf, InputArgument, ItemOf, ListPath, PathOf, Paths, Schemas } from './types';

/** Settings of a client. */
export interface ClientOptions {
  /** Where the server is: `https://api.example.com`; empty for the page's own origin. */
  url: string;
  /** Which tenant: its slug or id. It becomes part of every path. */
  tenant: string;
  /** `tokens` (the default) for servers and scripts, `cookies` for browsers. */
  auth?: 'tokens' | 'cookies';
  /** A token that nothing renews, instead of signing in: an API key, or an impersonation's. */
  token?: string;
  /** Tokens of an earlier run. */
  tokens?: Tokens;
  /** Told whenever the tokens change, so that they can be kept. */
  onTokens?: (tokens: Tokens | undefined) => void;
  /** How often and how long to try. */
  retry?: Partial<RetryPolicy>;
  /** Another `fetch`, for tests and proxies. */
  fetch?: (request: Request) => Promise<Response>;
}

type RawResult = { data?: unknown; response: Response };
type RawClient = { request(method: string, path: string, init: object): Promise<RawResult> };
type RawEnvelope = { data?: unknown; meta?: Schemas['Meta'] };

/** One tenant of one server. */
export class Tenantry {
  /** The base of every address: `https://…/v1/{tenant}`. */
  readonly baseUrl: string;
  readonly #auth: Auth;
  readonly #retry: RetryPolicy;
  readonly #fetch: (request: Request) => Promise<Response>;
  readonly #raw: RawClient;

  constructor(options: ClientOptions) {
    this.baseUrl = `${options.url.replace(/\/+$/, '')}/v1/${encodeURIComponent(options.tenant)}`;
    this.#fetch = options.fetch ?? ((request) => fetch(request));
    this.#retry = { ...DEFAULT_RETRY, ...options.retry };
    this.#auth = this.#authOf(options);
    this.#raw = createFetchClient<Paths>({
      baseUrl: this.baseUrl,
      fetch: (request) => this.#transport(request),
    }) as unknown as RawClient;
  }

  /** Sign in with tokens. In cookie mode, call `POST /auth/session` instead. */
  async signIn(credentials: Credentials): Promise<void> {
    await this.#tokenAuth().signIn(credentials);
  }

  /** End the session on the server and forget its tokens. */
  async signOut(): Promise<void> {
    await this.post('/auth/logout');
    this.#tokenAuth().clear();
  }

  /** The tokens in use, when the client signs in with tokens. */
  get tokens(): Tokens | undefined {
    return this.#auth instanceof TokenAuth ? this.#auth.tokens : undefined;
  }

  /** Read. */
  get<P extends PathOf<'get'>>(path: P, ...input: InputArgument<'get', P>): Promise<Answer<AnswerOf<'get', P>>> {
    return this.send(call('get', path, ...input));
  }

  /** Create, or do. */
  post<P extends PathOf<'post'>>(path: P, ...input: InputArgument<'post', P>): Promise<Answer<AnswerOf<'post', P>>> {
    return this.send(call('post', path, ...input));
  }

  /** Change. */
  put<P extends PathOf<'put'>>(path: P, ...input: InputArgument<'put', P>): Promise<Answer<AnswerOf<'put', P>>> {
    return this.send(call('put', path, ...input));
  }

  /** Delete. */
  delete<P extends PathOf<'delete'>>(
    path: P,
    ...input: InputArgument<'delete', P>
  ): Promise<Answer<AnswerOf<'delete', P>>> {
    return this.send(call('delete', path, ...input));
  }

  /** Every item of a list, page by page: `for await (const project of client.paginate('/projects'))`. */
  paginate<P extends ListPath>(path: P, ...[input]: InputArgument<'get', P>): AsyncGenerator<ItemOf<P>, void, void> {
    return paginate(this, path as string, (input ?? {}) as AnyInput) as AsyncGenerator<ItemOf<P>, void, void>;
  }

  /** Follow the tenant's events; comes back after interruptions and misses nothing. */
  events(options: EventOptions = {}): AsyncGenerator<Schemas['CloudEvent'], void, void> {
    return followEvents((request) => this.#transport(request, false), this.baseUrl, options);
  }

  /** A call as a `curl` command. */
  curl(target: Call, secrets?: readonly string[]): string {
    return toCurl(target, this.baseUrl, secrets);
  }

  /** The address of a call. */
  urlOf(target: Call): string {
    return urlOf(target, this.baseUrl);
  }

  /** Send a call. Throws `ApiError` when it is refused and `NetworkError` when there is no answer. */
  async send<Data>(target: Call<Data>, signal?: AbortSignal): Promise<Answer<Data>> {
    const { input } = target;
    const { data: text, response } = await this.#raw.request(target.method, target.path, {
      params: { path: input.path, query: withoutEmpty(input.query) },
      body: input.body,
      ...(input.body instanceof Blob && { bodySerializer: (file: Blob) => file }),
      headers: callHeaders(target),
      parseAs: 'text',
      signal,
    });
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const envelope = isJson && typeof text === 'string' ? (JSON.parse(text) as RawEnvelope) : { data: text };
    return {
      data: envelope.data as Data,
      meta: envelope.meta,
      etag: response.headers.get('etag') ?? undefined,
      requestId: response.headers.get('x-request-id') ?? undefined,
      isReplayed: response.headers.get('idempotency-replayed') === 'true',
    };
  }

  async #transport(request: Request, isRetried = true): Promise<Response> {
    const policy = isRetried ? this.#retry : { ...this.#retry, attempts: 1 };
    let response: Response;
    try {
      response = await withRetry(request, (attempt) => this.#signed(attempt), policy);
    } catch (cause) {
      if (request.signal.aborted) {
        throw request.signal.reason;
      }
      throw cause instanceof ApiError ? cause : new NetworkError(cause);
    }
    if (!response.ok && response.status !== 304) {
      throw await ApiError.from(response);
    }
    return response;
  }

  async #signed(request: Request): Promise<Response> {
    const again = request.clone();
    await this.#auth.authorize(request);
    const response = await this.#fetch(request);
    if (response.status !== 401 || isSignIn(request) || (await needsProof(response))) {
      return response;
    }
    if (!(await this.#auth.recover(request))) {
      return response;
    }
    await this.#auth.authorize(again);
    return this.#fetch(again);
  }

  #authOf({ auth, token, tokens, onTokens }: ClientOptions): Auth {
    if (token !== undefined) {
      return new FixedAuth(token);
    }
    return auth === 'cookies'
      ? new CookieAuth(this.baseUrl, this.#fetch)
      : new TokenAuth(this.baseUrl, {}, this.#fetch, tokens, onTokens);
  }

  #tokenAuth(): TokenAuth {
    if (this.#auth instanceof TokenAuth) {
      return this.#auth;
    }
    throw new TypeError('This client does not sign in with tokens');
  }
}

/** A refused sign-in is an answer, not an expired session. */
function isSignIn(request: Request): boolean {
  const { pathname } = new URL(request.url);
  return (
    request.method === 'POST' && /\/auth\/session(\/challenge|\/passkey|\/enrollment(\/passkey)?)?$/.test(pathname)
  );
}

/** The session is good, but asks who one is: fresh credentials would not change the answer. */
async function needsProof(response: Response): Promise<boolean> {
  return (await ApiError.from(response.clone())).code === 'proof_too_old';
}

function callHeaders({ method, path, input }: Call): Record<string, string> {
  const headers: Record<string, string> = {};
  if (input.ifMatch) {
    headers['If-Match'] = input.ifMatch;
  }
  if (input.body instanceof Blob) {
    headers['Content-Type'] = 'application/octet-stream';
  }
  const isKeyed = (method === 'post' || method === 'put') && !path.startsWith('/auth/');
  if (isKeyed) {
    headers['Idempotency-Key'] = input.idempotencyKey ?? crypto.randomUUID();
  }
  return headers;
}

function withoutEmpty(query: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  return query && Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}
