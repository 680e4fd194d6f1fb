import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { afterAll, describe, expect, it } from 'vitest';
import { Browser, base, type Tenant, tenants } from './tenant';

const DIRECTORY = '5d0a6f3e-7a10-4c5c-9b3e-2f1d1c0b9a87';
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

type Person = { sub: string; [claim: string]: unknown };

/** Somebody else's identity provider: whoever is its `person` is signed in there without a question. */
class Idp {
  person: Person = { sub: 'nobody' };
  issuer = '';

  static async start(path: string, callback: string): Promise<Idp> {
    const idp = new Idp();
    const server = createServer((request, response) => {
      const url = request.url ?? '';
      if (url.startsWith('/interaction/')) {
        const login = { accountId: idp.person.sub };
        void provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
        return;
      }
      Object.assign(request, { originalUrl: url });
      request.url = url.replace(path, '');
      void provider.callback()(request, response);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    servers.push(server);
    idp.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const provider = new Provider(idp.issuer, {
      clients: [{ client_id: 'tenantry', client_secret: 'a secret: of/ours', redirect_uris: [callback] }],
      claims: { openid: ['sub', 'tid', 'hd'], email: ['email', 'email_verified'], profile: ['given_name'] },
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      cookies: { keys: ['of the tests'], long: { path: '/' }, short: { path: '/' } },
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ ...idp.person }) }),
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({
          clientId: oidc.client?.clientId ?? '',
          accountId: oidc.session?.accountId ?? '',
        });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    });
    return idp;
  }
}

async function set_up(tenant: Tenant, type: string, path: string, more: Record<string, unknown>) {
  const slug = `${type}-${crypto.randomUUID().slice(0, 8)}`;
  const idp = await Idp.start(path, `${base}/api/v1/auth/oauth/${slug}/callback/${tenant.slug}`);
  await tenant.admin('/identity-providers', {
    type,
    slug,
    issuer: idp.issuer,
    client_id: 'tenantry',
    client_secret: 'a secret: of/ours',
    auto_provision: true,
    ...more,
  });
  return { idp, slug };
}

/** Leave for the provider, sign in there, and come back. */
async function sign_in(tenant: Tenant, slug: string) {
  const browser = new Browser();
  const left = await browser.send(new URL(`${base}/api/v1/auth/oauth/${slug}/login/${tenant.slug}`));
  let next = new URL(((await left.json()) as { data: { authorization_url: string } }).data.authorization_url);
  for (let step = 0; step < 6; step++) {
    const answer = await browser.send(next);
    const location = answer.headers.get('location');
    if (location === null) {
      const body = (await answer.json()) as { code?: string; data?: { access_token: string } };
      return { status: answer.status, body, last: next, browser };
    }
    next = new URL(location, next);
  }
  throw new Error('the way leads nowhere');
}

async function me(token: string | undefined): Promise<Record<string, unknown>> {
  const answer = await fetch(`${base}/api/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { data: Record<string, unknown> }).data;
}

describe.each(tenants)('oidc-provider as an identity provider of $slug', (tenant) => {
  it('poses as Entra: one directory, verified addresses, nobody who is here already, each answer once', async () => {
    const settings = { directory_id: DIRECTORY };
    const { idp, slug } = await set_up(tenant, 'microsoft', `/${DIRECTORY}/v2.0`, settings);
    const email = `${crypto.randomUUID()}@corp.example`;
    idp.person = { sub: 'ann', tid: DIRECTORY, email, email_verified: true, given_name: 'Ann' };
    const first = await sign_in(tenant, slug);
    expect(first.status).toBe(200);
    const person = await me(first.body.data?.access_token);
    expect(person.email).toBe(email);
    expect((await first.browser.send(first.last)).status).toBe(400);
    expect((await me((await sign_in(tenant, slug)).body.data?.access_token)).id).toBe(person.id);
    for (const [change, status, code] of [
      [{ tid: crypto.randomUUID(), email: `x${email}`, email_verified: true }, 401, 'federation_refused'],
      [{ email: `x${email}`, email_verified: true }, 401, 'federation_refused'],
      [{ tid: DIRECTORY, email: `x${email}`, email_verified: false }, 401, 'federation_refused'],
      [{ tid: DIRECTORY, email: tenant.email, email_verified: true }, 409, 'link_required'],
    ] as const) {
      idp.person = { sub: crypto.randomUUID(), ...change };
      const refused = await sign_in(tenant, slug);
      expect([refused.status, refused.body.code]).toEqual([status, code]);
    }
  });

  it('poses as Google: one organisation, and an issuer that is the configured one', async () => {
    const { idp, slug } = await set_up(tenant, 'google', '/google', { hosted_domain: 'corp.example' });
    const email = `${crypto.randomUUID()}@corp.example`;
    idp.person = { sub: 'bob', hd: 'evil.example', email, email_verified: true };
    expect((await sign_in(tenant, slug)).body.code).toBe('federation_refused');
    idp.person = { ...idp.person, hd: 'corp.example' };
    expect((await sign_in(tenant, slug)).status).toBe(200);
    const other = `google-${crypto.randomUUID().slice(0, 8)}`;
    await tenant.admin('/identity-providers', {
      type: 'google',
      slug: other,
      issuer: `${idp.issuer}/`,
      client_id: 'tenantry',
      client_secret: 'x',
    });
    const left = await fetch(`${base}/api/v1/auth/oauth/${other}/login/${tenant.slug}`);
    expect(left.status).toBe(503);
  });
});
