/** What the pages of clients, keys, members and impersonation stand on. */
import type { Schemas } from '@tenantry/sdk';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { clientOf, newQueryClient } from '../src/app/api';
import { beginImpersonation, endImpersonation, forgetImpersonation, impersonation } from '../src/app/impersonation';
import { holds, mayProxy } from '../src/app/session';
import { translate as t } from '../src/app/texts';
import { ApiForm } from '../src/forms/api-form';
import { filled, ListField } from '../src/forms/list-field';
import { attributeProblem, fromLines, toLines } from '../src/pages/catalogue/attributes';
import {
  addressProblem,
  type Client,
  keysProblem,
  lifetimeProblem,
  toBody,
  toValues,
} from '../src/pages/clients/model';
import { curlSample, nodeSample } from '../src/pages/clients/samples';
import { MemberList } from '../src/pages/members/list';
import { NEXT_STATES, USER_STATES } from '../src/pages/members/states';
import { IssueKey } from '../src/pages/shared/keys';
import { heldOf } from '../src/pages/shared/scope-field';
import { SecretDialog } from '../src/pages/shared/secret';
import { ok, problem, sessionWith, stage } from './stage';

const CLIENT: Client = {
  id: 'c-1',
  name: 'Berth planner',
  description: null,
  kind: 'confidential',
  preset: 'partner',
  is_confidential: true,
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: ['https://berths.example.com/callback'],
  post_logout_redirect_uris: [],
  backchannel_logout_uri: null,
  backchannel_logout_session_required: false,
  grant_types: ['authorization_code', 'refresh_token'],
  scopes: ['openid', 'projects:read'],
  access_token_seconds: 600,
  id_token_seconds: 600,
  refresh_token_seconds: 604_800,
  needs_consent: true,
  is_active: true,
  created_at: '2026-11-21T10:00:00Z',
  updated_at: '2026-11-21T10:00:00Z',
  created_by: null,
  updated_by: null,
};

describe('addresses of clients', () => {
  it.each([
    'https://app.example.com/callback?x=1',
    'http://127.0.0.1/callback',
    'http://[::1]:4711/callback',
    'http://localhost:3000/',
    'com.example.app:/callback',
  ])('%s is fine', (text) => expect(addressProblem(text, 'public', t)).toBeUndefined());

  it.each([
    '/callback',
    'http://app.example.com/callback',
    'http://localhost.evil.example/',
    'https://app.example.com/#fragment',
    'https://app.example.com/#',
    'https://user@app.example.com/',
    'https://*.example.com/',
    'https://app.example.com\\@evil.example/',
    'javascript:alert(1)',
    'data:text/html,hello',
    'myapp:/callback',
    'https://app.example.com/ä',
    'https://app.example.com/ callback',
    `https://app.example.com/${'x'.repeat(2_000)}`,
  ])('%s is not', (text) => expect(addressProblem(text, 'public', t)).toBeTypeOf('string'));

  it('have schemes of their own for public clients only', () => {
    expect(addressProblem('com.example.app:/callback', 'confidential', t)).toBe(t('clients.wrong.scheme'));
  });
});

describe('the form of a client', () => {
  it('sends what it was given, with known and further scopes together', () => {
    const values = toValues(CLIENT);
    expect([values.scopes, values.other_scopes]).toEqual([['openid'], 'projects:read']);
    const { name, redirect_uris, grant_types, scopes, access_token_seconds } = CLIENT;
    expect(toBody(values)).toMatchObject({
      name,
      redirect_uris,
      grant_types,
      scopes,
      access_token_seconds,
      jwks: null,
    });
  });

  it('leaves empty lines out, and keys unless the client proves itself with them', () => {
    const values = { ...toValues(CLIENT), redirect_uris: [' https://a.example/ ', ''], jwks: '{"keys": [{}]}' };
    expect(toBody(values)).toMatchObject({ redirect_uris: ['https://a.example/'], jwks: null });
    const signed = { ...values, token_endpoint_auth_method: 'private_key_jwt' };
    expect(toBody(signed).jwks).toEqual({ keys: [{}] });
    expect(keysProblem('{"keys": []}', signed, t)).toBe(t('clients.wrong.keys'));
    expect(keysProblem('{"keys"', signed, t)).toBe(t('clients.wrong.keys'));
    expect(keysProblem('{"keys": [{}]}', signed, t)).toBeUndefined();
    expect(keysProblem('', values, t)).toBeUndefined();
  });

  it('knows the bounds of lifetimes', () => {
    expect(lifetimeProblem('60', 'access_token_seconds', t)).toBeUndefined();
    for (const wrong of ['59', '3601', '', '1.5', 'x']) {
      expect(lifetimeProblem(wrong, 'access_token_seconds', t)).toBe('A whole number from 60 to 3600.');
    }
  });
});

describe('programs that connect', () => {
  const issuer = {
    issuer: 'https://id.example/t/acme',
    token_endpoint: 'https://id.example/t/acme/oauth2/token',
    authorization_endpoint: 'https://id.example/t/acme/oauth2/authorize',
  };

  it('sign people in with a code and a verifier', () => {
    const text = nodeSample(CLIENT, issuer);
    expect(text).toContain("new URL('https://id.example/t/acme')");
    expect(text).toContain("client.discovery(issuer, 'c-1', undefined, proof)");
    expect(text).toContain('client.ClientSecretBasic(process.env.CLIENT_SECRET)');
    expect(text).toContain("scope: 'openid projects:read'");
    expect(curlSample(CLIENT, issuer)).toContain('grant_type=authorization_code');
  });

  it('act for themselves when the client is a machine', () => {
    const machine: Client = { ...CLIENT, kind: 'machine', scopes: ['projects:read'] };
    expect(nodeSample(machine, issuer)).toContain("clientCredentialsGrant(config, { scope: 'projects:read' })");
    expect(curlSample(machine, issuer)).toContain('-u "c-1:$CLIENT_SECRET"');
    expect(curlSample(machine, issuer)).not.toContain('authorization_code');
  });

  it('prove themselves as the client does', () => {
    const open: Client = { ...CLIENT, kind: 'public', token_endpoint_auth_method: 'none' };
    expect(nodeSample(open, issuer)).toContain('client.None()');
    expect(curlSample(open, issuer)).not.toContain('SECRET');
    const posting: Client = { ...CLIENT, token_endpoint_auth_method: 'client_secret_post' };
    expect(curlSample(posting, issuer)).toContain('-d client_secret="$CLIENT_SECRET"');
    const signing: Client = { ...CLIENT, token_endpoint_auth_method: 'private_key_jwt' };
    expect(curlSample(signing, issuer)).toContain('client_assertion="$ASSERTION"');
  });
});

describe('a field of lines', () => {
  const form = (script = {}) =>
    stage(
      <ApiForm
        defaultValues={{ uris: [''] }}
        labels={{ uris: 'Addresses' }}
        call={({ uris }) => ({ method: 'post', path: '/things', input: { body: { uris: filled(uris) } } })}
        submitLabel="Send"
        done="Sent"
        refresh={[]}
      >
        <ListField name="uris" addLabel="Add" check={(line) => (line.startsWith('x') ? 'Not with x.' : undefined)} />
      </ApiForm>,
      script,
    );

  it('marks the wrong line when one leaves it', async () => {
    form();
    await userEvent.type(await screen.findByLabelText('Addresses, line 1'), 'good');
    await userEvent.click(screen.getByRole('button', { name: 'Add' }));
    await userEvent.type(screen.getByLabelText('Addresses, line 2'), 'xx');
    expect(screen.queryByText('Not with x.')).toBeNull();
    await userEvent.tab();
    expect(screen.getByText('Not with x.')).toBeVisible();
    expect(screen.getByLabelText('Addresses, line 2')).toBeInvalid();
    expect(screen.getByLabelText('Addresses, line 1')).toBeValid();
  });

  it('puts the server’s complaint at the line that it counted, past empty ones', async () => {
    const detail = 'The second one is taken.';
    const refused = problem(422, { errors: [{ pointer: '#/uris/1', detail }] });
    const { requests } = form({ 'POST /things': () => refused.clone() });
    await userEvent.type(await screen.findByLabelText('Addresses, line 1'), 'a');
    await userEvent.click(screen.getByRole('button', { name: 'Add' }));
    await userEvent.click(screen.getByRole('button', { name: 'Add' }));
    await userEvent.type(screen.getByLabelText('Addresses, line 3'), 'b');
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    expect(await screen.findByText(detail)).toBeVisible();
    expect(screen.getByLabelText('Addresses, line 3')).toBeInvalid();
    expect(await requests[0]?.json()).toEqual({ uris: ['a', 'b'] });
  });
});

describe('a secret', () => {
  it('is not lost by one touch of Escape, and is by the second', async () => {
    const onClose = vi.fn();
    stage(<SecretDialog title="Made" label="Secret" secret="tcs_1" onClose={onClose} />);
    const done = await screen.findByRole('button', { name: 'I have kept it' });
    await userEvent.click(done);
    expect(onClose).not.toHaveBeenCalled();
    expect(screen.getByRole('alert')).toHaveTextContent('not copied yet');
    await userEvent.click(done);
    expect(onClose).toHaveBeenCalledOnce();
  });

  it('of a new key is shown once, and its scopes come from what one holds', async () => {
    const issued = { key: 'tnk_1', id: 'k-1', name: 'Nightly' };
    const { requests } = stage(<IssueKey />, { 'POST /api-keys': () => ok(issued) }, [
      'api_keys:create',
      'projects:read',
      'projects:update:own',
    ]);
    await userEvent.click(await screen.findByRole('button', { name: 'Issue key' }));
    const dialog = within(screen.getByRole('dialog'));
    await userEvent.type(await dialog.findByLabelText('Name'), 'Nightly');
    const own = dialog.getByLabelText('How far projects:update is granted');
    expect(
      within(own)
        .getAllByRole('option')
        .map((option) => option.textContent),
    ).toEqual(['Not', 'Own only']);
    await userEvent.click(dialog.getByRole('button', { name: 'Issue key' }));
    expect(dialog.getByText('Choose at least one.')).toBeVisible();
    await userEvent.selectOptions(own, 'own');
    await userEvent.click(dialog.getByRole('button', { name: 'Issue key' }));
    expect(await screen.findByLabelText('API key')).toHaveValue('tnk_1');
    const sent = (await requests.find(({ method }) => method === 'POST')?.json()) as Schemas['NewApiKey'];
    expect(sent).toMatchObject({ name: 'Nightly', scopes: ['projects:update:own'], service_account_id: null });
    const days = (new Date(sent.expires_at ?? '').getTime() - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(90);
  });

  it('can be used for what its maker holds, and no further', () => {
    expect(heldOf(['b:read:own', 'a:read', 'a:read:own'])).toEqual([
      { name: 'a:read', isAny: true },
      { name: 'b:read', isAny: false },
    ]);
  });
});

describe('the states of members', () => {
  it('lead back to pending never, and out of a ban to inactive only', () => {
    expect(Object.values(NEXT_STATES).flat()).not.toContain('pending');
    expect(NEXT_STATES.banned).toEqual(['inactive']);
    expect(Object.keys(NEXT_STATES).sort()).toEqual([...USER_STATES].sort());
  });

  const user = (id: string, status: string) => ({
    id,
    email: `${id}@acme.example`,
    status,
    created_at: '2026-11-21T10:00:00Z',
  });
  const several = (answer: () => Response) =>
    stage(
      <MemberList />,
      {
        'GET /users': () => ok([user('u-2', 'active'), user('u-3', 'active'), user('u-4', 'banned')]),
        'POST /users/bulk/action': answer,
      },
      ['users:read', 'users:update'],
    );

  it('are changed for many by one call, with the reason, leaving out whom it does not fit', async () => {
    const { requests } = several(() => ok({ requested: 2, changed: ['u-2', 'u-3'] }));
    await userEvent.click(await screen.findByLabelText('Choose all rows of this page'));
    await userEvent.click(screen.getByRole('button', { name: 'Suspend' }));
    const dialog = within(screen.getByRole('dialog'));
    await userEvent.type(dialog.getByLabelText(/^Reason/), 'Audit');
    await userEvent.click(dialog.getByRole('button', { name: 'Suspend' }));
    expect(await screen.findByText('Done for 2 rows')).toBeVisible();
    const writes = requests.filter(({ method }) => method !== 'GET');
    expect(await Promise.all(writes.map((request) => request.json()))).toEqual([
      { action: 'suspend', user_ids: ['u-2', 'u-3'], reason: 'Audit' },
    ]);
  });

  it('are changed for none when the server refuses one', async () => {
    several(() => problem(409, { detail: 'One of them is banned.' }));
    await userEvent.click(await screen.findByLabelText('Choose all rows of this page'));
    await userEvent.click(screen.getByRole('button', { name: 'Deactivate' }));
    const dialog = within(screen.getByRole('dialog'));
    await userEvent.click(dialog.getByRole('button', { name: 'Deactivate' }));
    expect(await dialog.findByText('One of them is banned.')).toBeVisible();
    expect(dialog.getByRole('button', { name: 'Deactivate' })).toBeEnabled();
  });
});

describe('attributes of types', () => {
  it('are lines and back', () => {
    const attributes = { depth: 'number', free: 'boolean' } as const;
    expect(fromLines(toLines({ attributes }))).toEqual(attributes);
    expect(attributeProblem('depth: number', t)).toBeUndefined();
    for (const wrong of ['depth', 'depth: fathoms', 'Depth: number', ': number']) {
      expect(attributeProblem(wrong, t)).toBeTypeOf('string');
    }
  });
});

describe('an operator in a user’s name', () => {
  it('looks, and works only where that is allowed and asked for', () => {
    expect(mayProxy('projects:read', 'read-only')).toBe(true);
    expect(mayProxy('projects:update', 'read-only')).toBe(false);
    expect(mayProxy('projects:update', 'read-write')).toBe(true);
    expect(mayProxy('users:update', 'read-write')).toBe(false);
    expect(mayProxy('audit:export', 'read-write')).toBe(false);
    for (const resource of ['sessions', 'user_security', 'api_keys', 'service_accounts', 'impersonations', 'self']) {
      expect(mayProxy(`${resource}:read`, 'read-write'), resource).toBe(false);
    }
    const session = { ...sessionWith(['projects:update', 'projects:read']), impersonator_id: 'u-9' };
    expect(holds(session, 'projects:read')).toBe(true);
    expect(holds(session, 'projects:update')).toBe(false);
    expect(holds(session, 'projects:update', 'read-write')).toBe(true);
    expect(holds(session, 'self:account')).toBe(false);
    expect(holds(sessionWith([]), 'self:account')).toBe(true);
  });

  const TOKEN = {
    access_token: 'secret-token',
    expires_in: 1_800,
    token_type: 'Bearer',
    impersonation: { id: 'i-1', mode: 'read-only', expires_at: '2026-11-21T10:30:00Z', operator_email: 'op@example' },
  } as Schemas['ImpersonationToken'];
  const FROM = { slug: 'acme', tenantId: 't-1', operatorSlug: 'platform' };

  function network(answer: (request: Request) => Response) {
    const requests: Request[] = [];
    vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
      const request = input instanceof Request ? input : new Request(input, init);
      requests.push(request);
      return answer(request);
    });
    return requests;
  }

  it('uses the token without cookies, keeps it in no store, and forgets what was read', async () => {
    const requests = network(() => ok({ ...sessionWith(['users:read']), impersonator_id: 'u-9' }));
    const cache = newQueryClient();
    cache.setQueryData(['acme', '/users', {}], 'read as somebody else');
    cache.setQueryData(['platform', '/tenants', {}], 'the operator’s own');
    await beginImpersonation(cache, FROM, TOKEN);
    expect(impersonation()?.user.email).toBe('ada@acme.example');
    expect(cache.getQueryData(['acme', '/users', {}])).toBeUndefined();
    expect(cache.getQueryData(['platform', '/tenants', {}])).toBe('the operator’s own');
    await clientOf('acme').get('/users');
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual(Array(2).fill('Bearer secret-token'));
    expect(requests.map(({ credentials }) => credentials)).toEqual(['omit', 'omit']);
    expect(JSON.stringify([{ ...localStorage }, { ...sessionStorage }])).not.toContain('secret-token');

    await endImpersonation();
    forgetImpersonation(cache);
    expect(requests.at(-1)?.url).toMatch(/\/v1\/acme\/auth\/end-impersonation$/);
    expect(impersonation()).toBeUndefined();
    await clientOf('acme').get('/users');
    expect(requests.at(-1)?.headers.get('authorization')).toBeNull();
    vi.unstubAllGlobals();
  });

  it('ends it on the server when the page goes away', async () => {
    const requests = network(() => ok({ ...sessionWith([]), impersonator_id: 'u-9' }));
    const cache = newQueryClient();
    await beginImpersonation(cache, FROM, TOKEN);
    window.dispatchEvent(new Event('pagehide'));
    expect(requests.at(-1)?.url).toMatch(/\/auth\/end-impersonation$/);
    expect(requests.at(-1)?.keepalive).toBe(true);
    expect(impersonation()).toBeUndefined();
    window.dispatchEvent(new Event('pagehide'));
    expect(requests).toHaveLength(2);
    vi.unstubAllGlobals();
  });

  it('is nobody’s when the token is refused', async () => {
    network(() => problem(401, { code: 'unauthenticated' }));
    await expect(beginImpersonation(newQueryClient(), FROM, TOKEN)).rejects.toMatchObject({ status: 401 });
    await waitFor(() => expect(impersonation()).toBeUndefined());
    const requests = network(() => ok([]));
    await clientOf('acme').get('/users');
    expect(requests[0]?.headers.get('authorization')).toBeNull();
    vi.unstubAllGlobals();
  });
});
