import * as oauth from 'oauth4webapi';
import { describe, expect, it } from 'vitest';
import { Browser, CALLBACK, tenants } from './tenant';

const insecure = { [oauth.allowInsecureRequests]: true };

describe.each(tenants)('oauth4webapi and the issuer of $slug', (tenant) => {
  it.each(['oidc', 'oauth2'] as const)('reads the metadata by the rules of %s', async (algorithm) => {
    const answer = await oauth.discoveryRequest(tenant.issuer, { algorithm, ...insecure });
    const server = await oauth.processDiscoveryResponse(tenant.issuer, answer);
    expect(server.token_endpoint).toBe(`${tenant.issuer.href}/oauth2/token`);
  });

  it('completes code, userinfo, refresh, introspection and revocation', async () => {
    const found = await oauth.discoveryRequest(tenant.issuer, { algorithm: 'oidc', ...insecure });
    const server = await oauth.processDiscoveryResponse(tenant.issuer, found);
    const app = await tenant.app({ preset: 'admin', redirect_uris: [CALLBACK] });
    const client: oauth.Client = { client_id: app.id };
    const auth = oauth.ClientSecretBasic(app.secret ?? '');

    const verifier = oauth.generateRandomCodeVerifier();
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
    const url = new URL(server.authorization_endpoint ?? '');
    url.search = new URLSearchParams({
      client_id: app.id,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid email offline_access',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      max_age: '3600',
      state,
      nonce,
    }).toString();
    const answer = await new Browser().visit(url, tenant);
    const values = oauth.validateAuthResponse(server, client, answer, state);
    const exchange = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      auth,
      values,
      CALLBACK,
      verifier,
      insecure,
    );
    const expected = { expectedNonce: nonce, maxAge: 3600, requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, exchange, expected);
    await oauth.validateApplicationLevelSignature(server, exchange, insecure);
    const { sub } = oauth.getValidatedIdTokenClaims(tokens) ?? { sub: '' };

    const person = await oauth.userInfoRequest(server, client, tokens.access_token, insecure);
    expect((await oauth.processUserInfoResponse(server, client, sub, person)).email).toBe(tenant.email);

    const renewal = await oauth.refreshTokenGrantRequest(server, client, auth, tokens.refresh_token ?? '', insecure);
    const next = await oauth.processRefreshTokenResponse(server, client, renewal);

    const asked = await oauth.introspectionRequest(server, client, auth, next.access_token, insecure);
    expect((await oauth.processIntrospectionResponse(server, client, asked)).sub).toBe(sub);

    const given = await oauth.revocationRequest(server, client, auth, next.access_token, insecure);
    await oauth.processRevocationResponse(given);
    const again = await oauth.introspectionRequest(server, client, auth, next.access_token, insecure);
    expect((await oauth.processIntrospectionResponse(server, client, again)).active).toBe(false);
  });

  it('verifies an access token as a resource server does (RFC 9068)', async () => {
    const found = await oauth.discoveryRequest(tenant.issuer, { algorithm: 'oauth2', ...insecure });
    const server = await oauth.processDiscoveryResponse(tenant.issuer, found);
    const app = await tenant.app({ kind: 'machine', scopes: ['orders:read'] });
    const client: oauth.Client = { client_id: app.id };
    const auth = oauth.ClientSecretBasic(app.secret ?? '');
    const answer = await oauth.clientCredentialsGrantRequest(server, client, auth, {}, insecure);
    const tokens = await oauth.processClientCredentialsResponse(server, client, answer);
    const request = new Request('https://orders.example.com/', {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const claims = await oauth.validateJwtAccessToken(server, request, tenant.issuer.href, insecure);
    expect([claims.client_id, claims.scope]).toEqual([app.id, 'orders:read']);
  });
});
