import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ApiError, Tenantry } from '../../src';

const url = process.env.TENANTRY_URL ?? '';
const PASSWORD = 'correct-Horse-42-battery';
const acme = new Tenantry({ url, tenant: 'acme' });
const globex = new Tenantry({ url, tenant: 'globex' });

beforeAll(async () => {
  expect(url, 'TENANTRY_URL names a server that was started with --demo').not.toBe('');
  await acme.signIn({ email: 'ada@acme.example', password: PASSWORD });
  await globex.signIn({ email: 'grace@globex.example', password: PASSWORD });
});

async function createProject(): Promise<string> {
  const { data } = await acme.post('/projects', { body: { name: `Harbour ${randomUUID().slice(0, 8)}` } });
  return data.id;
}

describe('signing in', () => {
  it('is refused with the uniform answer', async () => {
    const stranger = new Tenantry({ url, tenant: 'acme' });
    const credentials = { email: `${randomUUID()}@acme.example`, password: PASSWORD };
    await expect(stranger.signIn(credentials)).rejects.toMatchObject({ status: 401, code: 'sign_in_refused' });
  });

  it('to an unknown tenant is not found', async () => {
    const nowhere = new Tenantry({ url, tenant: 'no-such-tenant' });
    const credentials = { email: 'ada@acme.example', password: PASSWORD };
    await expect(nowhere.signIn(credentials)).rejects.toMatchObject({ status: 404, code: 'tenant_unknown' });
  });

  it('gives tokens that refresh themselves', async () => {
    const first = acme.tokens;
    expect(first).toBeDefined();
    const stale = first && { ...first, accessToken: 'stale' };
    const again = new Tenantry({ url, tenant: 'acme', tokens: stale });
    const answers = await Promise.all([again.get('/users/me'), again.get('/roles'), again.get('/projects')]);
    expect(answers[0].data.email).toBe('ada@acme.example');
    expect(again.tokens?.refreshToken).not.toBe(first?.refreshToken);
    await again.signOut();
    await acme.signIn({ email: 'ada@acme.example', password: PASSWORD });
  });
});

describe('projects', () => {
  it('are created once per key', async () => {
    const request = { body: { name: 'Only once' }, idempotencyKey: randomUUID() };
    const first = await acme.post('/projects', request);
    const second = await acme.post('/projects', request);
    expect(second.data).toEqual(first.data);
    expect([first.isReplayed, second.isReplayed]).toEqual([false, true]);
  });

  it('are protected against lost updates', async () => {
    const path = { project_id: await createProject() };
    const { etag } = await acme.get('/projects/{project_id}', { path });
    await acme.put('/projects/{project_id}', { path, body: { status: 'archived' }, ifMatch: etag });
    const late = acme.put('/projects/{project_id}', { path, body: { name: 'Too late' }, ifMatch: etag });
    await expect(late).rejects.toMatchObject({ status: 412, code: 'version_mismatch' });
  });

  it('say which field is wrong', async () => {
    const error = await acme.post('/projects', { body: { name: 'x' } }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).errors.map((field) => field.pointer)).toEqual(['#/name']);
  });

  it('of another tenant do not exist', async () => {
    const path = { project_id: await createProject() };
    await expect(globex.get('/projects/{project_id}', { path })).rejects.toMatchObject({
      status: 404,
      code: 'not_found',
    });
  });

  it('are listed page by page', async () => {
    await Promise.all(Array.from({ length: 11 }, createProject));
    const ids = new Set<string>();
    for await (const project of acme.paginate('/projects', { query: { limit: 10 } })) {
      ids.add(project.id);
      if (ids.size > 10) {
        break;
      }
    }
    expect(ids.size).toBe(11);
  });
});

describe('events', () => {
  it('arrive while they happen', async () => {
    const end = new AbortController();
    let isLive = () => {};
    const live = new Promise<void>((resolve) => {
      isLive = resolve;
    });
    const onState = (state: string) => state === 'live' && isLive();
    const next = acme.events({ type: 'tenantry.project.*', signal: end.signal, onState }).next();
    await live;
    const id = await createProject();
    expect((await next).value?.subject).toBe(`project/${id}`);
    end.abort();
  });
});

describe('the audit trail', () => {
  it('is exported as CSV', async () => {
    const { data } = await acme.get('/audit/logs/export', { query: { limit: 10 } });
    expect(data.split('\r\n')[0]).toMatch(/^id,at,/);
  });
});
