import { describe, expect, it } from 'vitest';
import { call, NetworkError } from '../src';
import { readRetryAfter } from '../src/error';
import { clientOf, ok, problem } from './server';

const CUT = () => new TypeError('fetch failed');

describe('repeating', () => {
  it('goes on after the network was cut', async () => {
    const [client, server] = clientOf([CUT(), CUT(), ok([])]);
    expect((await client.get('/roles')).data).toEqual([]);
    expect(server.requests).toHaveLength(3);
  });

  it('sends a write again under the same key and with the same body', async () => {
    const [client, server] = clientOf([CUT(), problem(503, 'contention'), ok({ id: 'p' })]);
    await client.post('/projects', { body: { name: 'Harbour' } });
    const keys = new Set(server.requests.map((request) => request.headers.get('idempotency-key')));
    expect(server.requests).toHaveLength(3);
    expect(keys.size).toBe(1);
    expect([...keys][0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(await server.requests[2]?.json()).toEqual({ name: 'Harbour' });
  });

  it('uses the caller’s key when there is one', async () => {
    const [client, server] = clientOf([ok({ id: 'p' })]);
    await client.post('/projects', { body: { name: 'Harbour' }, idempotencyKey: 'mine' });
    expect(server.requests[0]?.headers.get('idempotency-key')).toBe('mine');
  });

  it('waits for a request with the same key that is still at work', async () => {
    const [client, server] = clientOf([problem(409, 'idempotency_in_flight'), ok({ id: 'p' })]);
    await client.post('/projects', { body: { name: 'Harbour' } });
    expect(server.requests).toHaveLength(2);
  });

  it('leaves other conflicts alone', async () => {
    const [client, server] = clientOf([problem(409, 'role_name_taken')]);
    await expect(client.post('/roles', { body: { name: 'x', role_family: 'Internal' } })).rejects.toMatchObject({
      code: 'role_name_taken',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('waits as long as the server asks', async () => {
    const [client, server] = clientOf([problem(429, 'rate_limited', { 'retry-after': '1' }), ok([])]);
    const start = Date.now();
    await client.get('/roles');
    expect(Date.now() - start).toBeGreaterThanOrEqual(990);
    expect(server.requests).toHaveLength(2);
  });

  it('does not wait longer than it may', async () => {
    const [client, server] = clientOf([problem(429, 'rate_limited', { 'retry-after': '60' })]);
    await expect(client.get('/roles')).rejects.toMatchObject({ retryAfter: 60 });
    expect(server.requests).toHaveLength(1);
  });

  it('does not repeat a deletion that may have happened', async () => {
    const [client, server] = clientOf([CUT()]);
    const path = { project_id: 'p' };
    await expect(client.delete('/projects/{project_id}', { path })).rejects.toBeInstanceOf(NetworkError);
    expect(server.requests).toHaveLength(1);
  });

  it('ends after the last attempt', async () => {
    const [client, server] = clientOf([CUT(), CUT()], { retry: { attempts: 2, base: 1 } });
    await expect(client.get('/roles')).rejects.toBeInstanceOf(NetworkError);
    expect(server.requests).toHaveLength(2);
  });

  it('ends when the caller gives up', async () => {
    const giveUp = new AbortController();
    const [client, server] = clientOf([CUT()], { retry: { base: 60_000, cap: 60_000 } });
    const pending = client.send(call('get', '/roles'), giveUp.signal);
    giveUp.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
    expect(server.requests.length).toBeLessThanOrEqual(1);
  });
});

describe('Retry-After', () => {
  const read = (value: string) => readRetryAfter(new Response(null, { headers: { 'retry-after': value } }), 0);

  it('is seconds or a date', () => {
    expect(read('7')).toBe(7);
    expect(read('Thu, 01 Jan 1970 00:00:09 GMT')).toBe(9);
    expect(read('soon')).toBeUndefined();
  });
});
