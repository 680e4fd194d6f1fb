import { describe, expect, it } from 'vitest';
import { ApiError, NetworkError } from '../src';
import { clientOf, ok, problem } from './server';

const ID = '01a1fc18-4e26-7a43-aa60-20309521d494';

describe('calls', () => {
  it('reach the tenant by its path and leave the envelope behind', async () => {
    const [client, server] = clientOf([ok({ id: ID }, undefined, { etag: '"3"', 'x-request-id': 'r-9' })]);
    const answer = await client.get('/projects/{project_id}', { path: { project_id: ID } });
    expect(server.log).toEqual([`GET /v1/acme/projects/${ID}`]);
    expect(answer).toMatchObject({ data: { id: ID }, etag: '"3"', requestId: 'r-9', isReplayed: false });
  });

  it('leave empty filters out of the query', async () => {
    const [client, server] = clientOf([ok([], { next_cursor: null })]);
    await client.get('/users', { query: { email: '', status: 'active', limit: 10 } });
    expect(new URL(server.requests[0]?.url ?? '').search).toBe('?status=active&limit=10');
  });

  it('send a change with the version it was meant for', async () => {
    const [client, server] = clientOf([ok({ id: ID })]);
    await client.put('/projects/{project_id}', { path: { project_id: ID }, body: { name: 'New' }, ifMatch: '"3"' });
    expect(server.requests[0]?.headers.get('if-match')).toBe('"3"');
    expect(await server.requests[0]?.json()).toEqual({ name: 'New' });
  });

  it('give CSV as text', async () => {
    const [client] = clientOf([new Response('id,at\r\n', { headers: { 'content-type': 'text/csv' } })]);
    expect((await client.get('/audit/logs/export')).data).toBe('id,at\r\n');
  });

  it('give JSON by its type, whatever the path is called', async () => {
    const [client] = clientOf([ok({ policies: [] })]);
    expect((await client.get('/policies/export')).data).toEqual({ policies: [] });
  });
});

describe('refusals', () => {
  it('are typed errors with everything the problem says', async () => {
    const body = {
      status: 422,
      code: 'validation_failed',
      detail: 'no name',
      request_id: 'r-2',
      errors: [{ pointer: '#/name', detail: 'missing' }],
    };
    const [client] = clientOf([Response.json(body, { status: 422 })]);
    const error = await client.post('/projects', { body: { name: '' } }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, code: 'validation_failed', requestId: 'r-2', errors: body.errors });
  });

  it('carry what is special about them', async () => {
    const body = { type: 't', title: 'T', status: 401, detail: 'd', code: 'mfa_required', request_id: 'r', errors: [] };
    const members = { mfa_token: 'm-1', methods: ['totp'], expires_at: '2026-11-21T10:00:00Z' };
    const [client] = clientOf([Response.json({ ...body, ...members }, { status: 401 })], { token: 'tnk_1' });
    const error = await client.get('/roles').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'mfa_required', requestId: 'r' });
    expect((error as ApiError).members).toEqual(members);
  });

  it('that are no problem documents have a code made of the status', async () => {
    const [client] = clientOf([new Response('<html>', { status: 500, headers: { 'x-request-id': 'r-3' } })]);
    await expect(client.get('/roles')).rejects.toMatchObject({ status: 500, code: 'http_500', requestId: 'r-3' });
  });

  it('say how long to wait', async () => {
    const [client] = clientOf([problem(429, 'rate_limited', { 'retry-after': '30' })]);
    await expect(client.get('/roles')).rejects.toMatchObject({ status: 429, retryAfter: 30 });
  });

  it('are told apart from a server that cannot be reached', async () => {
    const [client] = clientOf([new TypeError('fetch failed')], { retry: { attempts: 1 } });
    await expect(client.get('/roles')).rejects.toBeInstanceOf(NetworkError);
  });
});
