/** How requests say who is calling: bearer tokens for servers and scripts, cookies for browsers. */
import { ApiError, NetworkError } from './error';
import type { Schemas } from './types';

/** The credentials of a client. */
export interface Auth {
  /** Add what the request needs. */
  authorize(request: Request): Promise<void>;
  /** After a 401: get fresh credentials once, and say whether the request is worth repeating. */
  recover(refused: Request): Promise<boolean>;
}

/** Who signs in. */
export interface Credentials {
  email: string;
  password: string;
}

type Fetch = (request: Request) => Promise<Response>;

/** Send JSON outside the client (sign-in and refresh), and read the envelope. */
export async function exchange<Data>(send: Fetch, request: Request): Promise<Data> {
  let response: Response;
  try {
    response = await send(request);
  } catch (cause) {
    throw new NetworkError(cause);
  }
  if (!response.ok) {
    throw await ApiError.from(response);
  }
  return response.status === 204 ? (undefined as Data) : ((await response.json()) as { data: Data }).data;
}

/** A request with a JSON body. */
export function jsonRequest(method: string, url: string, body?: unknown, headers: HeadersInit = {}): Request {
  const all = new Headers(headers);
  if (body !== undefined) {
    all.set('content-type', 'application/json');
  }
  return new Request(url, { method, headers: all, body: body === undefined ? undefined : JSON.stringify(body) });
}

/** Tokens to go on with, for instance kept by a script between two runs. */
export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** When the access token expires, in milliseconds since 1970. */
  expiresAt: number;
}

const EARLY = 30_000;

/** Access and refresh tokens, refreshed in time and only once for requests that wait together. */
export class TokenAuth implements Auth {
  #tokens: Tokens | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(
    private readonly baseUrl: string,
    private readonly headers: HeadersInit,
    private readonly send: Fetch,
    tokens?: Tokens,
    private readonly onTokens?: (tokens: Tokens | undefined) => void,
  ) {
    this.#tokens = tokens;
  }

  /** The tokens in use. */
  get tokens(): Tokens | undefined {
    return this.#tokens;
  }

  /** Sign in. */
  async signIn(credentials: Credentials): Promise<void> {
    this.#keep(await this.#exchange('/auth/login', { ...credentials }));
  }

  /** Forget the tokens. */
  clear(): void {
    this.#tokens = undefined;
    this.onTokens?.(undefined);
  }

  async authorize(request: Request): Promise<void> {
    if (this.#tokens && this.#tokens.expiresAt - EARLY < Date.now()) {
      await this.#refresh().catch(() => undefined);
    }
    if (this.#tokens) {
      request.headers.set('authorization', `Bearer ${this.#tokens.accessToken}`);
    }
  }

  async recover(refused: Request): Promise<boolean> {
    if (!this.#tokens) {
      return false;
    }
    if (refused.headers.get('authorization') !== `Bearer ${this.#tokens.accessToken}`) {
      return true;
    }
    try {
      await this.#refresh();
      return true;
    } catch {
      return false;
    }
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#rotate().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #rotate(): Promise<void> {
    try {
      const body = { grant_type: 'refresh_token', refresh_token: this.#tokens?.refreshToken ?? '' };
      this.#keep(await this.#exchange('/auth/token', body));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        this.clear();
      }
      throw error;
    }
  }

  #exchange(path: string, body: unknown): Promise<Schemas['TokenView']> {
    return exchange(this.send, jsonRequest('POST', this.baseUrl + path, body, this.headers));
  }

  #keep(view: Schemas['TokenView']): void {
    this.#tokens = {
      accessToken: view.access_token,
      refreshToken: view.refresh_token,
      expiresAt: Date.now() + view.expires_in * 1000,
    };
    this.onTokens?.(this.#tokens);
  }
}

/** A token that nothing renews: an API key, or that of an operator who acts in somebody's name. A refusal is final. */
export class FixedAuth implements Auth {
  constructor(private readonly token: string) {}

  async authorize(request: Request): Promise<void> {
    request.headers.set('authorization', `Bearer ${this.token}`);
  }

  async recover(): Promise<boolean> {
    return false;
  }
}

/** Cookies that the browser keeps; no token reaches scripts. Unsafe requests carry the header that defeats CSRF. */
export class CookieAuth implements Auth {
  #refreshing: Promise<boolean> | undefined;

  constructor(
    private readonly baseUrl: string,
    private readonly send: Fetch,
  ) {}

  async authorize(request: Request): Promise<void> {
    if (request.method !== 'GET') {
      request.headers.set('x-tenantry-csrf', '1');
    }
  }

  /** Rotate the cookies; requests that wait together share one rotation. */
  recover(): Promise<boolean> {
    this.#refreshing ??= this.#rotate().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #rotate(): Promise<boolean> {
    const request = jsonRequest('POST', `${this.baseUrl}/auth/session/refresh`, undefined, { 'x-tenantry-csrf': '1' });
    const response = await this.send(request);
    if (response.ok || response.status === 401) {
      return response.ok;
    }
    throw await ApiError.from(response);
  }
}
