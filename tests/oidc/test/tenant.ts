/** A demonstration tenant: its issuer, its administrator, and a browser that signs the administrator in. */

export const base = process.env.TENANTRY_URL ?? 'http://127.0.0.1:8080';
export const PASSWORD = 'correct-Horse-42-battery';
export const CALLBACK = 'https://app.example.com/callback';

export interface App {
  id: string;
  secret: string | undefined;
}

export class Tenant {
  readonly issuer: URL;
  private token: string | undefined;

  constructor(
    readonly slug: string,
    readonly email: string,
  ) {
    this.issuer = new URL(`${base}/t/${slug}`);
  }

  private async call(path: string, body: unknown, headers: Record<string, string>): Promise<Record<string, unknown>> {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return (JSON.parse(text) as { data: Record<string, unknown> }).data;
  }

  /** Ask the API in the administrator's name. */
  async admin(path: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
    if (this.token === undefined) {
      const login = { email: this.email, password: PASSWORD };
      this.token = String((await this.call('/auth/login', login, { 'x-tenant-slug': this.slug })).access_token);
    }
    return this.call(path, body, { authorization: `Bearer ${this.token}` });
  }

  /** Register a client. */
  async app(body: Record<string, unknown>): Promise<App> {
    const made = await this.admin('/oauth/clients', { name: crypto.randomUUID(), ...body });
    return { id: String(made.id), secret: made.client_secret === undefined ? undefined : String(made.client_secret) };
  }
}

export const tenants = [new Tenant('acme', 'ada@acme.example'), new Tenant('globex', 'grace@globex.example')];

const entities: [string, string][] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#x27;', "'"],
  ['&#x2f;', '/'],
  ['&amp;', '&'],
];
const unescaped = (text: string): string => entities.reduce((text, [from, to]) => text.replaceAll(from, to), text);

/** A browser: cookies, forms, and no scripts. */
export class Browser {
  private cookies = new Map<string, string>();

  async send(url: URL, form?: URLSearchParams): Promise<Response> {
    const headers = new Headers({ cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') });
    if (form !== undefined) headers.set('origin', url.origin);
    const answer = await fetch(url, {
      headers,
      redirect: 'manual',
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** Go to an address, sign in and consent where that is asked for, and say where the client gets its answer. */
  async visit(url: URL, tenant: Tenant): Promise<URL | URLSearchParams> {
    let answer = await this.send(url);
    for (let step = 0; step < 5; step++) {
      const location = answer.headers.get('location');
      if (location !== null) return new URL(location);
      const page = await answer.text();
      // A page that has nothing to ask any more.
      if (!page.includes('<form')) return new URLSearchParams();
      const action = new URL(unescaped(/<form[^>]* action="([^"]*)"/.exec(page)?.[1] ?? ''), tenant.issuer);
      const form = new URLSearchParams();
      for (const [, name = '', value = ''] of page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)) {
        form.append(unescaped(name), unescaped(value));
      }
      // Somebody else's address: a form post response.
      if (action.origin !== tenant.issuer.origin) return form;
      if (page.includes('name="decision"')) form.append('decision', 'allow');
      if (page.includes('type="password"')) {
        form.append('email', tenant.email);
        form.append('password', PASSWORD);
      }
      const code = /name="user_code"[^>]* value="([^"]+)"/.exec(page)?.[1];
      if (code !== undefined) form.append('user_code', code);
      answer = await this.send(action, form);
    }
    throw new Error('the pages lead nowhere');
  }
}
