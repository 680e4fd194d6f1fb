/** What the page of second factors says will happen, and what it sends. */
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { MfaPolicyPage } from '../src/pages/mfa-policy/mfa-policy';
import { daysOf, hasOwn, type MfaPolicy, outlookOf, toBody, toValues } from '../src/pages/mfa-policy/outlook';
import { ok, stage } from './stage';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const ALL = ['totp', 'email', 'sms', 'passkey'];
const NOBODY: MfaPolicy = { required: 'nobody', role_ids: [], methods: ALL, grace_days: 0, trusted_device_days: 30 };
const EVERYBODY: MfaPolicy = { ...NOBODY, required: 'everybody', grace_days: 7, starts_at: '2026-11-29T12:00:00Z' };

describe('what follows from a policy', () => {
  it('begins with the change, after the days of grace', () => {
    const values = { ...toValues(NOBODY), required: 'everybody' as const };
    expect(outlookOf(NOBODY, values, NOW)).toEqual({ when: 'now', dropped: [] });
    const later = outlookOf(NOBODY, { ...values, grace_days: '3' }, NOW);
    expect(later).toEqual({ when: 'later', at: new Date('2026-12-03T12:00:00Z'), dropped: [] });
    expect(outlookOf(EVERYBODY, { ...toValues(EVERYBODY), required: 'nobody' }, NOW).when).toBe('never');
  });

  it('goes on counting where nothing but the days changes', () => {
    const values = toValues(EVERYBODY);
    expect(outlookOf(EVERYBODY, values, NOW).at).toEqual(new Date('2026-12-06T12:00:00Z'));
    expect(outlookOf(EVERYBODY, { ...values, grace_days: '2' }, NOW).at).toEqual(new Date('2026-12-01T12:00:00Z'));
    // One day was granted and is over: those who relied on more are held up at once.
    expect(outlookOf(EVERYBODY, { ...values, grace_days: '1' }, NOW).when).toBe('now');
    const old = { ...EVERYBODY, starts_at: '2026-10-01T12:00:00Z' };
    expect(outlookOf(old, toValues(old), NOW).when).toBe('already');
    expect(outlookOf(old, { ...toValues(old), grace_days: '0' }, NOW).when).toBe('already');
  });

  it('begins anew with other methods or roles, and names what no longer counts', () => {
    const fewer = outlookOf(EVERYBODY, { ...toValues(EVERYBODY), methods: ['totp', 'passkey'] }, NOW);
    expect(fewer).toEqual({ when: 'later', at: new Date('2026-12-07T12:00:00Z'), dropped: ['email', 'sms'] });
    const some: MfaPolicy = { ...EVERYBODY, required: 'roles', role_ids: ['r-1'] };
    expect(outlookOf(some, { ...toValues(some), role_ids: ['r-1', 'r-2'], grace_days: '0' }, NOW).when).toBe('now');
  });

  it('takes whole days from 0 to 90, and counts only allowed methods as one’s own', () => {
    expect([daysOf('0'), daysOf(' 90 ')]).toEqual([0, 90]);
    expect(['', ' ', '91', '-1', '1.5', 'x'].map(daysOf)).toEqual(Array(6).fill(undefined));
    expect(hasOwn(['totp'], [{ type: 'email' }], 1)).toBe(false);
    expect(hasOwn(['totp', 'passkey'], [{ type: 'email' }], 1)).toBe(true);
    expect(hasOwn(['totp'], [{ type: 'totp' }], 0)).toBe(true);
  });

  it('says nothing of roles where they mean nothing', () => {
    expect(toBody(toValues({ ...EVERYBODY, role_ids: ['r-1'] }))).not.toHaveProperty('role_ids');
  });
});

describe('the page', () => {
  const script = {
    'GET /auth/mfa/policy': () => ok(NOBODY, { ETag: '"0"' }),
    'PUT /auth/mfa/policy': () => ok({ ...NOBODY, required: 'everybody' }, { ETag: '"1"' }),
    'GET /auth/mfa': () => ok({ mfa_enabled: false, methods: [], allowed_methods: ALL, backup_codes_left: 0 }),
    'GET /auth/passkeys': () => ok([]),
    'GET /users': () =>
      ok([
        { id: 'u-1', mfa_enabled: false },
        { id: 'u-2', mfa_enabled: true },
      ]),
  };
  const permissions = ['mfa_policy:read', 'mfa_policy:update', 'users:read'];

  it('holds nobody up at once before one says so', async () => {
    const { requests } = stage(<MfaPolicyPage />, script, permissions);
    const user = userEvent.setup();
    await user.click(await screen.findByRole('radio', { name: /^Everybody must/ }));
    expect(await screen.findByText('1 of 2 active members has none yet.')).toBeInTheDocument();
    expect(await screen.findByText(/You have none that counts/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getByText('Tick this to go on.')).toBeInTheDocument();
    expect(requests.filter(({ method }) => method === 'PUT')).toEqual([]);
    await user.click(screen.getByRole('checkbox', { name: /^I know that people/ }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(requests.some(({ method }) => method === 'PUT')).toBe(true));
    const put = requests.find(({ method }) => method === 'PUT');
    expect(await put?.json()).toEqual({
      required: 'everybody',
      methods: ALL,
      grace_days: 0,
      trusted_device_days: 30,
    });
    expect(put?.headers.get('If-Match')).toBe('"0"');
  });

  it('keeps the app among what counts where somebody must have one', async () => {
    const { requests } = stage(<MfaPolicyPage />, script, permissions);
    const user = userEvent.setup();
    await user.click(await screen.findByRole('radio', { name: /^Everybody must/ }));
    await user.click(screen.getByRole('checkbox', { name: 'Authenticator app' }));
    await user.clear(screen.getByLabelText('Days of grace'));
    await user.type(screen.getByLabelText('Days of grace'), '7');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getByText(/the authenticator app counts, so that everybody can get in/)).toBeInTheDocument();
    expect(requests.filter(({ method }) => method === 'PUT')).toEqual([]);
  });
});
