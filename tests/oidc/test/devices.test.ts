import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { describe, expect, it } from 'vitest';
import { Browser, CALLBACK, tenants } from './tenant';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const insecure = { execute: [client.allowInsecureRequests] };

describe.each(tenants)('devices and sign-out at the issuer of $slug', (tenant) => {
  it('lets a device have tokens when a person says so in another browser', async () => {
    const app = await tenant.app({ kind: 'public', grant_types: [GRANT], scopes: ['openid', 'email'] });
    const config = await client.discovery(tenant.issuer, app.id, undefined, client.None(), insecure);
    const begun = await client.initiateDeviceAuthorization(config, { scope: 'openid email' });
    const tokens = client.pollDeviceAuthorizationGrant(config, begun);
    await new Browser().visit(new URL(begun.verification_uri_complete ?? ''), tenant);
    const claims = (await tokens).claims();
    expect(claims?.aud).toBe(app.id);
    const person = await client.fetchUserInfo(config, (await tokens).access_token, claims?.sub ?? '');
    expect(person.email).toBe(tenant.email);
  });

  it('tells a client by a logout token that its session has ended', async () => {
    let tell: (token: string) => void = () => undefined;
    const told = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        tell(new URLSearchParams(Buffer.concat(parts).toString()).get('logout_token') ?? '');
        response.end();
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    const app = await tenant.app({
      preset: 'admin',
      redirect_uris: [CALLBACK],
      backchannel_logout_uri: `http://127.0.0.1:${port}/logout`,
    });
    const config = await client.discovery(
      tenant.issuer,
      app.id,
      undefined,
      client.ClientSecretBasic(app.secret ?? ''),
      insecure,
    );
    expect(config.serverMetadata().backchannel_logout_session_supported).toBe(true);
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: 'openid',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const browser = new Browser();
    const answer = (await browser.visit(url, tenant)) as URL;
    const tokens = await client.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier });
    await browser.send(client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token ?? '' }));
    const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri ?? ''));
    const expected = { issuer: tenant.issuer.href, audience: app.id, typ: 'logout+jwt' };
    const { payload } = await jwtVerify(await told, keys, expected);
    expect([payload.sid, payload.sub]).toEqual([tokens.claims()?.sid, tokens.claims()?.sub]);
    expect(payload.events).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
    expect(payload.nonce).toBeUndefined();
    server.close();
  });
});
