import * as client from 'openid-client';
import { describe, expect, it } from 'vitest';
import { type App, Browser, CALLBACK, type Tenant, tenants } from './tenant';

async function discovered(tenant: Tenant, app: App, auth?: client.ClientAuth): Promise<client.Configuration> {
  const proof = auth ?? (app.secret === undefined ? client.None() : client.ClientSecretBasic(app.secret));
  return client.discovery(tenant.issuer, app.id, undefined, proof, { execute: [client.allowInsecureRequests] });
}

async function flow(tenant: Tenant, config: client.Configuration, more: Record<string, string> = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'openid profile email offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  });
  const answer = await new Browser().visit(url, tenant);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  const current =
    answer instanceof URL
      ? answer
      : new Request(CALLBACK, {
          method: 'POST',
          body: answer,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        });
  return client.authorizationCodeGrant(config, current, checks);
}

describe.each(tenants)('openid-client and the issuer of $slug', (tenant) => {
  it('completes the code flow as a public client, refreshes, and gives the tokens back', async () => {
    const app = await tenant.app({ preset: 'user', redirect_uris: [CALLBACK] });
    const config = await discovered(tenant, app);
    const tokens = await flow(tenant, config);
    const claims = tokens.claims();
    expect(claims?.iss).toBe(tenant.issuer.href);
    const person = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
    expect(person.email).toBe(tenant.email);
    const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    await client.tokenRevocation(config, next.refresh_token ?? '');
    await expect(client.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(client.fetchUserInfo(config, next.access_token, claims?.sub ?? '')).rejects.toThrow();
  });

  it.each([
    ['client_secret_basic', (secret: string) => client.ClientSecretBasic(secret)],
    ['client_secret_post', (secret: string) => client.ClientSecretPost(secret)],
  ])('completes the code flow as a confidential client with %s', async (method, auth) => {
    const app = await tenant.app({ preset: 'partner', redirect_uris: [CALLBACK], token_endpoint_auth_method: method });
    const config = await discovered(tenant, app, auth(app.secret ?? ''));
    const tokens = await flow(tenant, config, { scope: 'openid email' });
    expect((await client.tokenIntrospection(config, tokens.access_token)).active).toBe(true);
  });

  it('completes the code flow with form_post', async () => {
    const app = await tenant.app({ preset: 'admin', redirect_uris: [CALLBACK] });
    const tokens = await flow(tenant, await discovered(tenant, app), { response_mode: 'form_post' });
    expect(tokens.claims()?.sub).toBeDefined();
  });

  it('gets tokens for itself with private_key_jwt', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
    const app = await tenant.app({
      kind: 'machine',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ kty, crv, x, y, alg: 'ES256' }] },
      scopes: ['orders:read'],
    });
    const config = await discovered(tenant, app, client.PrivateKeyJwt(pair.privateKey));
    const tokens = await client.clientCredentialsGrant(config, { scope: 'orders:read' });
    expect(tokens.scope).toBe('orders:read');
    expect((await client.tokenIntrospection(config, tokens.access_token)).client_id).toBe(app.id);
  });
});

it('refuses the tokens and clients of one tenant at the other', async () => {
  const [acme, globex] = tenants as [Tenant, Tenant];
  const app = await acme.app({ preset: 'admin', redirect_uris: [CALLBACK] });
  const tokens = await flow(acme, await discovered(acme, app));
  const there = await discovered(globex, await globex.app({ preset: 'admin', redirect_uris: [CALLBACK] }));
  expect((await client.tokenIntrospection(there, tokens.access_token)).active).toBe(false);
  await expect(client.refreshTokenGrant(there, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  await expect(client.fetchUserInfo(there, tokens.access_token, tokens.claims()?.sub ?? '')).rejects.toThrow();
  await expect(client.refreshTokenGrant(await discovered(globex, app), 'x')).rejects.toMatchObject({
    status: 401,
  });
});
