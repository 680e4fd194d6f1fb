import { describe, expect, it } from 'vitest';
import type { Tokens } from '../src';
import { clientOf, ok, problem, TOKENS, tokenAnswer } from './server';

const bearer = (request: Request | undefined) => request?.headers.get('authorization');

describe('tokens', () => {
  it('come from signing in and go with every request', async () => {
    const kept: (Tokens | undefined)[] = [];
    const [client, server] = clientOf([tokenAnswer('a1'), ok([])], { onTokens: (tokens) => kept.push(tokens) });
    await client.signIn({ email: 'ada@acme.example', password: 'secret' });
    await client.get('/roles');
    expect(server.log).toEqual(['POST /v1/acme/auth/login', 'GET /v1/acme/roles']);
    expect(bearer(server.requests[1])).toBe('Bearer a1');
    expect(kept).toMatchObject([{ accessToken: 'a1', refreshToken: 'a1-r' }]);
  });

  it('are refreshed once for all requests that found them expired', async () => {
    const expired = (request: Request) =>
      bearer(request) === 'Bearer a1' ? problem(401, 'unauthenticated') : ok([bearer(request)]);
    const answer = (request: Request) => (request.method === 'POST' ? tokenAnswer('a2') : expired(request));
    const [client, server] = clientOf(Array(7).fill(answer), { tokens: TOKENS });
    const answers = await Promise.all([client.get('/roles'), client.get('/permissions'), client.get('/jobs')]);
    expect(answers.map((each) => each.data)).toEqual(Array(3).fill(['Bearer a2']));
    expect(server.log.filter((line) => line.startsWith('POST'))).toEqual(['POST /v1/acme/auth/token']);
  });

  it('are refreshed before they expire', async () => {
    const tokens = { ...TOKENS, expiresAt: Date.now() + 5_000 };
    const [client, server] = clientOf([tokenAnswer('a2'), ok([])], { tokens });
    await client.get('/roles');
    expect(bearer(server.requests[1])).toBe('Bearer a2');
  });

  it('are forgotten when the session is over', async () => {
    const steps = [problem(401, 'unauthenticated'), problem(401, 'invalid_grant')];
    const [client] = clientOf(steps, { tokens: TOKENS });
    await expect(client.get('/roles')).rejects.toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(client.tokens).toBeUndefined();
  });

  it('are kept when only the refresh failed for a while', async () => {
    const steps = [problem(401, 'unauthenticated'), problem(500, 'internal')];
    const [client] = clientOf(steps, { tokens: TOKENS });
    await expect(client.get('/roles')).rejects.toMatchObject({ status: 401 });
    expect(client.tokens).toEqual(TOKENS);
  });
});

describe('a fixed token', () => {
  it('goes with every request, and is neither refreshed nor forgotten when it is refused', async () => {
    const [client, server] = clientOf([ok([]), problem(401, 'unauthenticated')], { token: 'tnk_1' });
    await client.get('/roles');
    await expect(client.get('/jobs')).rejects.toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(server.log).toEqual(['GET /v1/acme/roles', 'GET /v1/acme/jobs']);
    expect(server.requests.map(bearer)).toEqual(['Bearer tnk_1', 'Bearer tnk_1']);
  });
});

describe('cookies', () => {
  it('need the header against CSRF on unsafe requests only', async () => {
    const [client, server] = clientOf([ok([]), ok({ id: 'p' })], { auth: 'cookies' });
    await client.get('/roles');
    await client.post('/projects', { body: { name: 'Harbour' } });
    expect(server.requests.map((request) => request.headers.get('x-tenantry-csrf'))).toEqual([null, '1']);
    expect(server.requests.every((request) => bearer(request) === null)).toBe(true);
  });

  it('are rotated once, and the request is repeated with its body', async () => {
    const steps = [problem(401, 'unauthenticated'), ok({}), ok({ id: 'p' })];
    const [client, server] = clientOf(steps, { auth: 'cookies' });
    await client.post('/projects', { body: { name: 'Harbour' } });
    expect(server.log[1]).toBe('POST /v1/acme/auth/session/refresh');
    expect(await server.requests[2]?.json()).toEqual({ name: 'Harbour' });
  });

  it('that cannot be rotated leave the refusal as it was', async () => {
    const steps = [problem(401, 'unauthenticated'), problem(401, 'unauthenticated')];
    const [client, server] = clientOf(steps, { auth: 'cookies' });
    await expect(client.get('/roles')).rejects.toMatchObject({ status: 401 });
    expect(server.requests).toHaveLength(2);
  });

  it('are not rotated for a refused sign-in, nor for proof that is too old', async () => {
    const refusals = ['mfa_required', 'second_factor_refused', 'sign_in_refused', 'proof_too_old'];
    const [client, server] = clientOf(
      refusals.map((code) => problem(401, code)),
      { auth: 'cookies' },
    );
    const calls = [
      client.post('/auth/session', { body: { email: 'a@b.example', password: 'p' } }),
      client.post('/auth/session/challenge', { body: { mfa_token: 'm', code: '1' } }),
      client.post('/auth/session/passkey', { body: { passkey_token: 'k', credential: {} } }),
      client.post('/auth/mfa/backup-codes'),
    ];
    const errors = await Promise.allSettled(calls);
    expect(errors.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(server.requests).toHaveLength(4);
  });

  it('do not sign anyone out because the server was busy', async () => {
    const steps = [problem(401, 'unauthenticated'), problem(503, 'database_unavailable')];
    const [client] = clientOf(steps, { auth: 'cookies', retry: { attempts: 1 } });
    await expect(client.get('/roles')).rejects.toMatchObject({ status: 503 });
  });
});
