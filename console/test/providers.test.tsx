/** What the pages of identity providers, linked accounts and registration stand on. */
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { translate as t } from '../src/app/texts';
import { LinkedAccounts } from '../src/pages/account/linked-accounts';
import { ProofProvider } from '../src/pages/account/proof';
import { ProviderForm } from '../src/pages/identity-providers/form';
import { pairProblem } from '../src/pages/identity-providers/group-roles-field';
import {
  callbackOf,
  directoryProblem,
  domainProblem,
  EMPTY,
  type IdentityProvider,
  isMoved,
  issuerProblem,
  mapped,
  slugProblem,
  toBody,
  toNewBody,
  toValues,
} from '../src/pages/identity-providers/model';
import TestDialog from '../src/pages/identity-providers/test-dialog';
import { lookAt, pageAddress, readOutcome } from '../src/pages/identity-providers/test-outcome';
import { Registration } from '../src/pages/registration/registration';
import { ok, problem, stage } from './stage';

const CORP: IdentityProvider = {
  id: 'p-1',
  slug: 'corp',
  name: 'Corp',
  type: 'oidc',
  issuer: 'https://login.corp.example',
  client_id: 'acme',
  callback_url: 'https://id.example/api/v1/auth/oauth/corp/callback/acme',
  email_domains: ['corp.example'],
  trusts_email: true,
  auto_provision: true,
  default_role_id: null,
  groups_claim: 'groups',
  group_roles: { Engineers: 'r-1' },
  redirect_uris: [],
  enabled: true,
  created_at: '2026-11-21T10:00:00Z',
  updated_at: '2026-11-21T10:00:00Z',
};

afterEach(() => vi.restoreAllMocks());

describe('what is sent of an identity provider', () => {
  it('belongs to its kind, and says nothing of what the kind does not have', () => {
    const values = { ...EMPTY, client_id: ' a ', client_secret: ' s ', directory_id: 'd', issuer: 'i', slug: ' x ' };
    const entra = toNewBody({ ...values, type: 'microsoft' });
    expect(entra).toMatchObject({ type: 'microsoft', directory_id: 'd', client_id: 'a', slug: 'x', name: null });
    expect(entra).not.toHaveProperty('issuer');
    // A secret may begin and end as it likes.
    expect(entra.client_secret).toBe(' s ');
    expect(entra.enabled).toBe(false);
    expect(toNewBody({ ...values, type: 'oidc' })).not.toHaveProperty('directory_id');
    expect(toNewBody({ ...values, type: 'google' })).toMatchObject({ hosted_domain: null });
  });

  it('has no secret unless one was typed, and trusts no address without domains', () => {
    const values = toValues(CORP);
    expect(values.client_secret).toBe('');
    expect(toBody(values, 'oidc')).not.toHaveProperty('client_secret');
    expect(toBody({ ...values, client_secret: 'new' }, 'oidc')).toMatchObject({ client_secret: 'new' });
    expect(toBody({ ...values, email_domains: [' '] }, 'oidc')).toMatchObject({
      email_domains: [],
      trusts_email: false,
    });
    expect(toBody({ ...values, email_domains: [' Corp.Example '] }, 'oidc').email_domains).toEqual(['corp.example']);
  });

  it('leaves empty lines of the mapping out', () => {
    const lines = [
      { group: ' Engineers ', role: 'r-1' },
      { group: '', role: '' },
    ];
    expect(mapped(lines)).toEqual({ Engineers: 'r-1' });
    expect(pairProblem(lines)).toBeUndefined();
    expect(pairProblem([{ group: 'x', role: '' }])).toBe('half');
    expect(pairProblem([{ group: '', role: 'r' }])).toBe('half');
    const twice = { group: 'x', role: 'r' };
    expect(pairProblem([twice, { ...twice, group: ' x ' }])).toBe('twice');
  });

  it('is checked before', () => {
    expect(domainProblem('Corp.example', t)).toBeUndefined();
    for (const wrong of [
      'corp',
      '*.corp.example',
      'a@corp.example',
      '-a.example',
      'corp..example',
      'https://corp.example',
    ]) {
      expect(domainProblem(wrong, t), wrong).toBeTypeOf('string');
    }
    expect(directoryProblem('5D0A6F3E-7a10-4c5c-9b3e-2f1d1c0b9a87', t)).toBeUndefined();
    for (const wrong of ['common', 'organizations', '5d0a6f3e7a104c5c9b3e2f1d1c0b9a87', '']) {
      expect(directoryProblem(wrong, t), wrong).toBeTypeOf('string');
    }
    expect(issuerProblem('https://login.corp.example/realm/x', t)).toBeUndefined();
    for (const wrong of [
      'corp',
      'javascript:alert(1)',
      'https://x.example/?a',
      'https://x.example/{tenantid}',
      'https://a@x.example',
    ]) {
      expect(issuerProblem(wrong, t), wrong).toBeTypeOf('string');
    }
    expect(slugProblem('', t)).toBeUndefined();
    expect(slugProblem('Corp', t)).toBeTypeOf('string');
  });

  it('needs a new secret for another issuer', () => {
    const values = toValues(CORP);
    expect(isMoved(values, CORP)).toBe(false);
    expect(isMoved({ ...values, issuer: 'https://other.example' }, CORP)).toBe(true);
    const directory_id = '5d0a6f3e-7a10-4c5c-9b3e-2f1d1c0b9a87';
    const entra: IdentityProvider = { ...CORP, type: 'microsoft', directory_id };
    expect(isMoved({ ...toValues(entra), directory_id: directory_id.toUpperCase() }, entra)).toBe(false);
    expect(isMoved({ ...toValues(entra), directory_id: directory_id.replace('5', '6') }, entra)).toBe(true);
  });

  it('is answered at the issuer’s own address', () => {
    const address = callbackOf('https://id.example/t/acme', 'google', '');
    expect(address).toBe('https://id.example/api/v1/auth/oauth/google/callback/acme');
    expect(callbackOf('https://id.example/t/acme', 'oidc', 'corp')).toContain('/oauth/corp/callback/acme');
  });
});

describe('the form of an identity provider', () => {
  it('asks for the secret when the issuer changes, and never shows one in curl or beside another’s change', async () => {
    const script = {
      'GET /roles': () => ok([{ id: 'r-1', name: 'engineer' }]),
      'PUT /identity-providers/p-1': () => problem(412, { code: 'precondition_failed' }),
      'GET /identity-providers/p-1': () => ok({ ...CORP, name: 'Theirs' }, { etag: '"2"' }),
    };
    const { requests } = stage(<ProviderForm provider={CORP} etag={'"1"'} />, script, [
      'identity_providers:update',
      'roles:read',
    ]);
    const issuer = await screen.findByLabelText('Issuer');
    await userEvent.clear(issuer);
    await userEvent.type(issuer, 'https://other.example');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getByText('This is needed.')).toBeVisible();
    expect(requests.filter(({ method }) => method === 'PUT')).toHaveLength(0);
    await userEvent.type(screen.getByLabelText('Client secret'), 'hush-hush');
    await userEvent.click(screen.getByRole('button', { name: 'Show as curl' }));
    expect(screen.getByRole('region', { name: 'curl' })).toHaveTextContent('"client_secret":"…"');
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    const conflict = await screen.findByRole('alert');
    await waitFor(() => expect(conflict).toHaveTextContent('Theirs'));
    expect(document.body.textContent).not.toContain('hush-hush');
    const sent = await requests.find(({ method }) => method === 'PUT')?.json();
    expect(sent).toMatchObject({ issuer: 'https://other.example', client_secret: 'hush-hush' });
  });

  it('shows what the server says of a box', async () => {
    const detail = 'needs hosted_domain or email_domains';
    stage(
      <ProviderForm provider={CORP} etag={'"1"'} />,
      {
        'PUT /identity-providers/p-1': () => problem(422, { errors: [{ pointer: '#/auto_provision', detail }] }),
      },
      ['identity_providers:update'],
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Save' }));
    expect(await screen.findByText(detail)).toBeVisible();
    expect(screen.getByLabelText('Make new people members')).toBeInvalid();
  });
});

const TRIED = {
  outcome: 'known',
  reason: null,
  user_id: 'u-1',
  roles: ['r-1'],
  groups: ['Engineers'],
  claims: { sub: 'subject-1', email: 'ada@corp.example' },
};
const ANSWER = JSON.stringify({ status: 'success', data: TRIED });

describe('trying an identity provider', () => {
  it('reads an answer, and nothing else', () => {
    expect(readOutcome(ANSWER)).toEqual(TRIED);
    for (const text of ['', '{', 'null', '[]', '{"data": {"outcome": "maybe"}}', '{"status": 400, "code": "x"}']) {
      expect(readOutcome(text), text).toBeUndefined();
    }
    const odd = readOutcome('{"data": {"outcome": "new", "roles": [1, "r"], "groups": "x", "reason": {}}}');
    expect(odd).toMatchObject({ roles: ['r'], groups: [], reason: null, claims: null });
  });

  it('sends nobody to an address that would run here', () => {
    expect(pageAddress('https://login.corp.example/authorize?x')?.host).toBe('login.corp.example');
    for (const wrong of ['javascript:alert(1)', 'data:text/html,x', 'blob:x', '/authorize', '']) {
      expect(pageAddress(wrong), wrong).toBeUndefined();
    }
  });

  it('sees no page of another origin', () => {
    expect(lookAt({ closed: true } as Window)).toEqual({ at: 'gone' });
    const foreign = {
      closed: false,
      get document(): Document {
        throw new DOMException('Blocked', 'SecurityError');
      },
    } as unknown as Window;
    expect(lookAt(foreign)).toEqual({ at: 'away' });
  });

  it('opens a window that has no way back, and shows what comes of it', async () => {
    const page = document.implementation.createHTMLDocument();
    page.body.innerHTML = '<pre></pre>';
    (page.body.firstChild as HTMLElement).textContent = ANSWER;
    Object.defineProperty(page, 'readyState', { value: 'complete' });
    const replace = vi.fn();
    const other = {
      closed: false,
      opener: window,
      document: page,
      location: { origin: window.location.origin, pathname: '/api/v1/auth/oauth/corp/callback/acme', replace },
      close: vi.fn(),
    };
    vi.spyOn(window, 'open').mockReturnValue(other as unknown as Window);
    stage(
      <TestDialog provider={CORP} onClose={() => undefined} />,
      {
        'POST /identity-providers/p-1/test': () =>
          ok({ authorization_url: 'https://login.corp.example/authorize?x=1' }),
        'GET /roles': () => ok([{ id: 'r-1', name: 'engineer' }]),
      },
      ['identity_providers:update', 'roles:read'],
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Go to login.corp.example' }));
    expect(other.opener).toBeNull();
    expect(replace).toHaveBeenCalledWith('https://login.corp.example/authorize?x=1');
    expect(await screen.findByText('Comes in')).toBeVisible();
    expect(await screen.findByText('engineer')).toBeVisible();
    expect(screen.getByText('Engineers')).toBeVisible();
    expect(screen.getByRole('region', { name: 'What the provider says' })).toHaveTextContent('subject-1');
    expect(other.close).toHaveBeenCalledOnce();
  });

  it('takes the answer by hand where nobody can look', async () => {
    vi.spyOn(window, 'open').mockReturnValue({ closed: true, location: { replace: () => undefined } } as never);
    stage(
      <TestDialog provider={CORP} onClose={() => undefined} />,
      { 'POST /identity-providers/p-1/test': () => ok({ authorization_url: 'https://login.corp.example/' }) },
      ['identity_providers:update'],
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Go to login.corp.example' }));
    const field = await screen.findByLabelText('Or paste the answer');
    await userEvent.click(field);
    await userEvent.paste(JSON.stringify({ data: { ...TRIED, outcome: 'refused', reason: 'another domain' } }));
    expect(await screen.findByText('another domain')).toBeVisible();
  });

  it('says so when the provider cannot be asked, or its address is none', async () => {
    const detail = 'the identity provider cannot be asked: its metadata';
    let answer = () => problem(503, { detail, code: 'identity_provider_unavailable' });
    stage(<TestDialog provider={CORP} onClose={() => undefined} />, {
      'POST /identity-providers/p-1/test': () => answer(),
    });
    expect(await screen.findByText(detail)).toBeVisible();
    answer = () => ok({ authorization_url: 'javascript:alert(1)' }) as ReturnType<typeof problem>;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText(/names no address/)).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Go to/ })).toBeNull();
  });
});

describe('linked accounts', () => {
  const linked = {
    id: 'i-1',
    provider: 'corp',
    provider_name: 'Corp',
    email: 'ada@corp.example',
    created_at: '',
    last_used_at: '2026-11-21T10:00:00Z',
  };
  const page = (
    <ProofProvider>
      <LinkedAccounts />
    </ProofProvider>
  );

  it('are linked by going to a provider that is switched on', async () => {
    const { requests } = stage(
      page,
      {
        'GET /users/me/identities': () => ok([]),
        'GET /auth/providers': () => ok([{ slug: 'corp', name: 'Corp', type: 'oidc' }]),
        'POST /users/me/identities': () => ok({ authorization_url: 'https://login.corp.example/authorize' }),
      },
      [],
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Link an account' }));
    const dialog = within(screen.getByRole('dialog'));
    expect(await dialog.findByLabelText('Provider')).toHaveDisplayValue('Corp');
    await userEvent.click(dialog.getByRole('button', { name: 'Continue' }));
    const link = await dialog.findByRole('link', { name: 'Go to login.corp.example' });
    expect(link).toHaveAttribute('href', 'https://login.corp.example/authorize');
    expect(link).toHaveAttribute('rel', 'noreferrer');
    expect(await requests.find(({ method }) => method === 'POST')?.json()).toEqual({ provider: 'corp' });
  });

  it('are linked after proof, by those who may not see how the providers are set up', async () => {
    let isProven = false;
    const { requests } = stage(
      page,
      {
        'GET /users/me/identities': () => ok([]),
        'GET /auth/providers': () => ok([{ slug: 'google', name: 'Google', type: 'google' }]),
        'GET /auth/mfa': () => ok({ mfa_enabled: false, allowed_methods: [], methods: [], backup_codes_left: 0 }),
        'POST /auth/reauthenticate': () => {
          isProven = true;
          return ok({});
        },
        'POST /users/me/identities': () =>
          isProven ? ok({ authorization_url: 'https://x.example/' }) : problem(401, { code: 'proof_too_old' }),
      },
      [],
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Link an account' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Continue' }));
    await userEvent.type(await screen.findByLabelText('Password'), 'secret');
    await userEvent.click(screen.getByRole('button', { name: 'Confirm' }));
    expect(await screen.findByRole('link', { name: 'Go to x.example' })).toBeVisible();
    expect(requests.some(({ url }) => url.includes('/identity-providers'))).toBe(false);
  });

  it('are not unlinked when one is the only way in', async () => {
    stage(page, {
      'GET /users/me/identities': () => ok([linked]),
      'DELETE /users/me/identities/i-1': () => problem(409, { detail: 'It is the only way to sign in.' }),
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Unlink Corp' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Unlink' }));
    expect(await screen.findByText('It is the only way to sign in.')).toBeVisible();
    expect(screen.getByText('Corp')).toBeVisible();
  });
});

describe('the policy of registration', () => {
  const policy = { mode: 'off', allowed_domains: [], default_role: 'customer', updated_at: null };

  it('asks for domains where they count, and sends the version', async () => {
    vi.stubGlobal('fetch', async () => Response.json({ issuer: 'https://id.example/t/acme' }));
    let saved = policy as Record<string, unknown>;
    const { requests } = stage(
      <Registration />,
      {
        'GET /registration-policy': () => ok(saved, { etag: '"0"' }),
        'PUT /registration-policy': async (request) => {
          saved = { ...policy, ...((await request.json()) as object) };
          return ok(saved, { etag: '"1"' });
        },
      },
      ['registration:read', 'registration:update'],
    );
    expect(await screen.findByRole('radio', { name: /^Closed/ })).toBeChecked();
    expect(screen.queryByText('Page of registration')).toBeNull();
    await userEvent.click(screen.getByRole('radio', { name: /^By domain/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getByText('This is needed.')).toBeVisible();
    await userEvent.type(screen.getByLabelText('Allowed domains, line 1'), 'acme.example');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Saved')).toBeVisible();
    const put = requests.find(({ method }) => method === 'PUT');
    expect(put?.headers.get('if-match')).toBe('"0"');
    const body = { mode: 'domains', allowed_domains: ['acme.example'], default_role: 'customer' };
    expect(await put?.json()).toEqual(body);
    expect(await screen.findByRole('link')).toHaveAttribute('href', 'https://id.example/t/acme/register');
    vi.unstubAllGlobals();
  });

  it('is only looked at by those who may not change it', async () => {
    stage(<Registration />, { 'GET /registration-policy': () => ok(policy, { etag: '"0"' }) }, ['registration:read']);
    expect(await screen.findByRole('radio', { name: /^Closed/ })).toBeDisabled();
    expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
  });
});
