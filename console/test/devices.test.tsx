/** What the lists of devices and of sign-ins stand on. */
import { ApiError } from '@tenantry/sdk';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { OwnDevices } from '../src/pages/account/devices';
import { ProofProvider } from '../src/pages/account/proof';
import { waitingOf } from '../src/pages/entry/waiting';
import { type Device, isTrusted } from '../src/pages/shared/device-list';
import { countryName, SignIns } from '../src/pages/shared/security-lists';
import { ok, problem, type Script, stage } from './stage';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const LAPTOP: Device = {
  id: 'd-1',
  name: 'Ship’s laptop',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
  platform: 'Firefox on Linux',
  first_seen_at: '2026-11-01T10:00:00Z',
  last_seen_at: '2026-11-30T10:00:00Z',
  last_ip: '192.0.2.7',
  trusted_until: null,
  is_current: true,
};
const PHONE: Device = { ...LAPTOP, id: 'd-2', name: 'Phone', is_current: false };

describe('a device', () => {
  it('is trusted until its day', () => {
    expect(isTrusted(LAPTOP, NOW)).toBe(false);
    expect(isTrusted({ ...LAPTOP, trusted_until: '2026-11-30T12:00:01Z' }, NOW)).toBe(true);
    expect(isTrusted({ ...LAPTOP, trusted_until: '2026-11-30T12:00:00Z' }, NOW)).toBe(false);
  });

  it('may be trusted where the refusal says for how long', () => {
    const refusal = (members: Record<string, unknown>) =>
      waitingOf(
        new ApiError(401, 'mfa_required', '', [], undefined, undefined, { mfa_token: 'm', methods: [], ...members }),
      );
    expect(refusal({ trusted_device_days: 14 })?.trustDays).toBe(14);
    expect(refusal({})?.trustDays).toBe(0);
    expect(refusal({ trusted_device_days: '14' })?.trustDays).toBe(0);
  });
});

describe('one’s own devices', () => {
  const show = (script: Script, mayTrust = true) =>
    stage(
      <ProofProvider>
        <OwnDevices mayTrust={mayTrust} />
      </ProofProvider>,
      { 'GET /users/me/devices': () => ok([LAPTOP, PHONE]), ...script },
    );

  it('are trusted one by one, and only the one that asks', async () => {
    const { requests } = show({ 'POST /users/me/devices/d-1/trust': () => ok(LAPTOP) });
    const user = userEvent.setup();
    expect(await screen.findByRole('button', { name: 'Trust Ship’s laptop' })).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Trust Phone' })).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Trust Ship’s laptop' }));
    await user.click(await screen.findByRole('button', { name: 'Trust' }));
    expect(await screen.findByText('This browser is trusted')).toBeInTheDocument();
    expect(requests.some(({ method, url }) => method === 'POST' && url.endsWith('/devices/d-1/trust'))).toBe(true);
  });

  it('say why they cannot be trusted', async () => {
    const detail = 'Your organisation lets no device stand for the second factor.';
    show({ 'POST /users/me/devices/d-1/trust': () => problem(409, { code: 'trust_not_allowed', detail }) });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Trust Ship’s laptop' }));
    await user.click(await screen.findByRole('button', { name: 'Trust' }));
    expect(await screen.findByText(detail)).toBeInTheDocument();
  });

  it('stand for nothing where no second factor is asked for', async () => {
    show({}, false);
    expect(await screen.findByText('Ship’s laptop')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /^Trust/ })).not.toBeInTheDocument();
  });
});

describe('an attempt to sign in', () => {
  it('says what was unusual, and where it came from', async () => {
    const attempt = {
      id: 's-1',
      at: '2026-11-30T10:00:00Z',
      outcome: 'success',
      method: 'trusted_device',
      ip: '192.0.2.7',
      country: 'IN',
      signals: ['new_country', 'impossible_travel', 'of_tomorrow'],
    };
    const read = { isPending: false, isError: false, error: null, refetch: () => Promise.resolve({} as never) };
    stage(<SignIns pages={{ read, items: [attempt], more: undefined }} />);
    expect(await screen.findByText('Password on a trusted device')).toBeInTheDocument();
    expect(screen.getByText('Impossible travel')).toBeInTheDocument();
    expect(screen.getByText('of_tomorrow')).toBeInTheDocument();
    expect(screen.getByText(/192\.0\.2\.7 · India/)).toBeInTheDocument();
  });

  it('comes from a country in the reader’s language, or from its code', () => {
    expect(countryName('DE', 'de')).toBe('Deutschland');
    expect(countryName('nonsense', 'en')).toBe('nonsense');
  });
});
