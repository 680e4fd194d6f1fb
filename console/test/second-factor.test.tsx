/** Second factors: signing in with them, setting them up, proving who one is, helping whoever has lost them. */
import type { Schemas } from '@tenantry/sdk';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setClient } from '../src/app/api';
import SecondFactors from '../src/pages/account/second-factors';
import { SignInSteps } from '../src/pages/entry/sign-in';
import { RemoveSecondFactors } from '../src/pages/members/second-factors';
import { ok, problem, type Script, sessionWith, stage } from './stage';

const WAITING = { code: 'mfa_required', mfa_token: 'm-1', methods: ['totp', 'backup_code'], expires_at: '' };
const AT = '2026-11-21T10:00:00Z';
const APP = { id: 'f-1', type: 'totp', created_at: AT, verified_at: AT, last_used_at: null };
const PASSKEY = { id: 'p-1', name: 'Laptop', created_at: AT, last_used_at: null };
const EMPTY = {
  'GET /auth/passkeys': () => ok([]),
  'GET /users/me/identities': () => ok([]),
  'GET /users/me/devices': () => ok([]),
};
const RULES = { required_from: null, allowed_methods: ['totp', 'email', 'sms', 'passkey'] };
const OFF = { ...RULES, mfa_enabled: false, methods: [], backup_codes_left: 0 };
const ON = { ...RULES, mfa_enabled: true, methods: [APP], backup_codes_left: 2 };
const MAIL = { ...APP, id: 'f-2', type: 'email', destination: 'a•••@a•••.example' };
const TOO_OLD = problem(401, { code: 'proof_too_old' });

const lines = (requests: Request[]) =>
  requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, url }) => `${method} ${new URL(url).pathname.replace('/v1/acme', '')}`);
const bodies = (requests: Request[], path: string) =>
  Promise.all(requests.filter(({ url, method }) => method !== 'GET' && url.endsWith(path)).map((each) => each.json()));

/** Answers one after the other; the last one stays. */
function inTurn(...answers: (() => Response)[]): () => Response {
  let turn = 0;
  return () => (answers[Math.min(turn++, answers.length - 1)] as () => Response)();
}

function signIn(script: Script) {
  const staged = stage(<SignInSteps slug="acme" to="/acme/projects" />, script);
  setClient('acme', staged.client);
  return staged;
}

async function typePassword() {
  await userEvent.type(await screen.findByLabelText('E-mail address'), 'ada@acme.example');
  await userEvent.type(screen.getByLabelText('Password'), 'secret');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
}

/** An authenticator that answers everything alike. */
function plugIn(answer: () => Promise<unknown>) {
  class Credential {
    toJSON() {
      return { id: 'cred-1' };
    }
    static parseRequestOptionsFromJSON = (options: object) => ({ ...options, for: 'get' });
    static parseCreationOptionsFromJSON = (options: object) => ({ ...options, for: 'create' });
  }
  vi.stubGlobal('PublicKeyCredential', Credential);
  const ask = vi.fn(async (_: { publicKey: unknown }) => (await answer()) ?? new Credential());
  Object.defineProperty(navigator, 'credentials', { configurable: true, value: { get: ask, create: ask } });
  return ask;
}

afterEach(() => {
  setClient('acme', undefined);
  vi.unstubAllGlobals();
});

describe('signing in with a second factor', () => {
  it('asks for a code, says when it is wrong, and goes on where one wanted to', async () => {
    const { requests, router } = signIn({
      'POST /auth/session': () => problem(401, WAITING),
      'POST /auth/session/challenge': inTurn(
        () => problem(401, { code: 'second_factor_refused' }),
        () => ok(sessionWith([])),
      ),
    });
    await typePassword();
    const field = await screen.findByLabelText('Code');
    expect(field).toHaveAttribute('autocomplete', 'one-time-code');
    await waitFor(() => expect(field).toHaveFocus());
    await userEvent.type(field, '000000');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('The code is wrong');
    await userEvent.clear(field);
    await userEvent.type(field, ' abcd-efgh ');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/console/acme/projects'));
    expect(await bodies(requests, '/challenge')).toEqual([
      { mfa_token: 'm-1', code: '000000' },
      { mfa_token: 'm-1', code: 'abcd-efgh' },
    ]);
    // A refused code is an answer: it is not sent again, and nothing is renewed.
    expect(lines(requests)).toEqual(['POST /auth/session', ...Array(2).fill('POST /auth/session/challenge')]);
  });

  it('has a code sent, and says when that was too soon', async () => {
    const sent = { ...WAITING, methods: ['email', 'backup_code'], destinations: { email: 'a•••@a•••.example' } };
    const { requests } = signIn({
      'POST /auth/session': () => problem(401, sent),
      'POST /auth/mfa/challenge/send': inTurn(
        () => ok({ message: 'fine', destination: 'a•••@a•••.example', expires_at: AT }),
        () => problem(429, { code: 'too_soon' }, { 'retry-after': '29' }),
      ),
    });
    await typePassword();
    expect(await screen.findByLabelText('Code')).toBeVisible();
    const send = screen.getByRole('button', { name: 'Send a code to a•••@a•••.example' });
    await userEvent.click(send);
    expect(await screen.findByRole('status')).toHaveTextContent('on its way to a•••@a•••.example');
    await userEvent.click(send);
    expect(await screen.findByRole('alert')).toHaveTextContent('a moment ago');
    expect(screen.queryByRole('status')).not.toBeInTheDocument();
    expect(await bodies(requests, '/send')).toEqual(Array(2).fill({ mfa_token: 'm-1', method: 'email' }));
  });

  it('is set up on the way in where the organisation asks for one', async () => {
    const verify = inTurn(
      () => problem(422, { errors: [{ pointer: '#/code', detail: 'this is wrong' }] }),
      () => ok({ ...sessionWith([]), backup_codes: ['aaaa-bbbb'] }),
    );
    const { requests, router } = signIn({
      'POST /auth/session': () =>
        problem(401, { code: 'mfa_enrollment_required', enrollment_token: 'e-1', methods: ['totp', 'email'] }),
      'POST /auth/mfa/enrollment/setup': () => ok({ type: 'totp', secret: 'JBSWY3DP', qr_code_svg: '<svg/>' }),
      'POST /auth/session/enrollment': verify,
    });
    await typePassword();
    await userEvent.click(await screen.findByRole('button', { name: 'With an authenticator app' }));
    expect(await screen.findByText('JBSWY3DP')).toBeVisible();
    await userEvent.type(screen.getByLabelText('Code'), '123 456');
    await userEvent.click(screen.getByRole('button', { name: 'Verify' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('not the right code');
    await userEvent.click(screen.getByRole('button', { name: 'Verify' }));
    // Nobody is in before the backup codes have been seen.
    expect(await screen.findByText('aaaa-bbbb')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'I have kept it' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/console/acme/projects'));
    expect(await bodies(requests, '/setup')).toEqual([{ enrollment_token: 'e-1', type: 'totp' }]);
    expect(await bodies(requests, '/session/enrollment')).toEqual(
      Array(2).fill({ enrollment_token: 'e-1', type: 'totp', code: '123456' }),
    );
  });

  it('is a passkey on the way in, where that counts and the browser has them', async () => {
    plugIn(() => Promise.resolve());
    const { requests, router } = signIn({
      'POST /auth/session': () =>
        problem(401, { code: 'mfa_enrollment_required', enrollment_token: 'e-1', methods: ['totp', 'passkey'] }),
      'POST /auth/mfa/enrollment/passkey/begin': () =>
        ok({ challenge_token: 'c-1', public_key: { challenge: 'AAAA' } }),
      'POST /auth/session/enrollment/passkey': () => ok({ ...sessionWith([]), backup_codes: ['aaaa-bbbb'] }),
    });
    await typePassword();
    await userEvent.click(await screen.findByRole('button', { name: 'With a passkey' }));
    await userEvent.click(await screen.findByRole('button', { name: 'I have kept it' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/console/acme/projects'));
    expect(await bodies(requests, '/session/enrollment/passkey')).toEqual([
      { enrollment_token: 'e-1', challenge_token: 'c-1', name: expect.any(String), credential: { id: 'cred-1' } },
    ]);
  });

  it('begins again when the time is over', async () => {
    signIn({
      'POST /auth/session': () => problem(401, WAITING),
      'POST /auth/session/challenge': () => problem(401, { code: 'challenge_over' }),
    });
    await typePassword();
    await userEvent.type(await screen.findByLabelText('Code'), '123456');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByLabelText('Password')).toHaveValue('');
    expect(screen.getByRole('alert')).toHaveTextContent('It took too long');
  });

  it('says how long to wait after too many attempts, and leads back', async () => {
    signIn({
      'POST /auth/session': () => problem(401, WAITING),
      'POST /auth/session/challenge': () => problem(429, { code: 'too_many_failures' }, { 'retry-after': '40' }),
    });
    await typePassword();
    await userEvent.type(await screen.findByLabelText('Code'), '123456');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(/\b(40|39)\b/);
    await userEvent.click(screen.getByRole('button', { name: 'Back to the password' }));
    expect(await screen.findByLabelText('Password')).toBeVisible();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('leaves a wrong password a wrong password, and leads to a new one', async () => {
    signIn({ 'POST /auth/session': () => problem(401, { code: 'sign_in_refused' }) });
    await typePassword();
    expect(await screen.findByRole('alert')).toHaveTextContent('E-mail address or password is wrong');
    expect(screen.getByRole('link', { name: 'Forgot your password?' })).toHaveAttribute('href', '/t/acme/recover');
    // This browser knows no passkeys.
    expect(screen.queryByRole('button', { name: /passkey/ })).not.toBeInTheDocument();
  });
});

describe('signing in with a passkey', () => {
  const CHALLENGE = () => ok({ passkey_token: 'k-1', public_key: { challenge: 'AAAA' } });

  it('needs no password', async () => {
    const ask = plugIn(async () => undefined);
    const { requests, router } = signIn({
      'POST /auth/passkeys/challenge': CHALLENGE,
      'POST /auth/session/passkey': () => ok(sessionWith([])),
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Sign in with a passkey' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/console/acme/projects'));
    expect(ask).toHaveBeenCalledWith({ publicKey: { challenge: 'AAAA', for: 'get' } });
    expect(await bodies(requests, '/session/passkey')).toEqual([
      { passkey_token: 'k-1', credential: { id: 'cred-1' } },
    ]);
  });

  it('says when nobody answered, and when there are none here', async () => {
    plugIn(() => Promise.reject(new DOMException('cancelled', 'NotAllowedError')));
    const challenge = inTurn(CHALLENGE, () => problem(409, { code: 'passkeys_unavailable' }));
    const { requests } = signIn({ 'POST /auth/passkeys/challenge': challenge });
    const button = await screen.findByRole('button', { name: 'Sign in with a passkey' });
    await userEvent.click(button);
    expect(await screen.findByRole('alert')).toHaveTextContent('No passkey answered');
    await userEvent.click(button);
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('Passkeys cannot be used here'));
    expect(lines(requests)).not.toContain('POST /auth/session/passkey');
  });

  it('is the second factor of those who have nothing else', async () => {
    plugIn(async () => undefined);
    signIn({ 'POST /auth/session': () => problem(401, { ...WAITING, methods: ['passkey', 'backup_code'] }) });
    await typePassword();
    expect(await screen.findByLabelText('Backup code')).toBeVisible();
    expect(await screen.findByRole('button', { name: 'Sign in with a passkey' })).toBeVisible();
  });
});

describe('one’s own second factors', () => {
  const own = (script: Script) => stage(<SecondFactors />, { ...EMPTY, 'GET /auth/mfa': () => ok(OFF), ...script });
  const MADE = {
    type: 'totp',
    secret: 'JBSWY3DP',
    qr_code_url: 'otpauth://totp/x?secret=JBSWY3DP',
    qr_code_svg: '<svg/>',
  };

  it('are set up with the first code; backup codes are shown once', async () => {
    let isOn = false;
    const verify = inTurn(
      () => problem(422, { errors: [{ pointer: '#/code', detail: 'this is wrong' }] }),
      () => {
        isOn = true;
        return ok({ message: 'fine', backup_codes: ['aaaa-bbbb', 'cccc-dddd'] });
      },
    );
    const { requests } = own({
      'GET /auth/mfa': () => ok(isOn ? ON : OFF),
      'POST /auth/mfa/setup': () => ok(MADE),
      'POST /auth/mfa/verify': verify,
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Set up' }));
    const picture = await screen.findByRole('img', { name: /QR code/ });
    expect(picture).toHaveAttribute('src', 'data:image/svg+xml,%3Csvg%2F%3E');
    expect(screen.getByText('JBSWY3DP')).toBeVisible();
    await userEvent.type(screen.getByLabelText('Code of the app'), '000 000');
    await userEvent.click(screen.getByRole('button', { name: 'Verify' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('not the code of the moment');
    await userEvent.click(screen.getByRole('button', { name: 'Verify' }));
    const dialog = await screen.findByRole('dialog', { name: 'Your backup codes' });
    expect(dialog).toHaveTextContent('aaaa-bbbb');
    // Not closed by accident.
    await userEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    expect(within(dialog).getByRole('alert')).toHaveTextContent('not shown again');
    await userEvent.click(within(dialog).getByRole('button', { name: 'I have kept it' }));
    expect(screen.queryByText(/aaaa-bbbb/)).not.toBeInTheDocument();
    expect(screen.queryByText('JBSWY3DP')).not.toBeInTheDocument();
    expect(await screen.findByText('2 left')).toBeVisible();
    expect(await bodies(requests, '/verify')).toEqual(Array(2).fill({ type: 'totp', code: '000000' }));
  });

  it('ask for the password when signing in was a while ago', async () => {
    const { requests } = own({
      'POST /auth/mfa/setup': inTurn(
        () => TOO_OLD.clone(),
        () => ok(MADE),
      ),
      'POST /auth/reauthenticate': inTurn(
        () => problem(422, { errors: [{ pointer: '#/password', detail: 'this is wrong' }] }),
        () => ok({ message: 'fine' }),
      ),
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Set up' }));
    const dialog = await screen.findByRole('dialog', { name: 'Is it you?' });
    await userEvent.type(await within(dialog).findByLabelText('Password'), 'secret');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Confirm' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('The password is wrong');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Confirm' }));
    expect(await screen.findByText('JBSWY3DP')).toBeVisible();
    expect(screen.queryByRole('dialog', { name: 'Is it you?' })).not.toBeInTheDocument();
    expect(await bodies(requests, '/reauthenticate')).toEqual(Array(2).fill({ password: 'secret' }));
    // Proof is no matter of the session, which is not renewed for it.
    expect(lines(requests)).not.toContain('POST /auth/session/refresh');
  });

  it('ask for a code of whoever has a second factor, and take no for an answer', async () => {
    const remove = inTurn(
      () => TOO_OLD.clone(),
      () => TOO_OLD.clone(),
      () => ok({ message: 'gone' }),
    );
    const { requests } = own({
      'GET /auth/mfa': () => ok(ON),
      'DELETE /auth/mfa/f-1': remove,
      'POST /auth/reauthenticate': () => ok({ message: 'fine' }),
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Remove' }));
    const sure = await screen.findByRole('dialog', { name: 'Remove the authenticator app?' });
    await userEvent.click(within(sure).getByRole('button', { name: 'Remove' }));
    let proof = await screen.findByRole('dialog', { name: 'Is it you?' });
    await userEvent.click(await within(proof).findByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Is it you?' })).not.toBeInTheDocument());
    expect(sure).toBeVisible();
    await userEvent.click(within(sure).getByRole('button', { name: 'Remove' }));
    proof = await screen.findByRole('dialog', { name: 'Is it you?' });
    await userEvent.type(await within(proof).findByLabelText('Code'), '123456');
    await userEvent.click(within(proof).getByRole('button', { name: 'Confirm' }));
    expect(await screen.findByText('The authenticator app was removed')).toBeVisible();
    expect(await bodies(requests, '/reauthenticate')).toEqual([{ code: '123456' }]);
    expect(lines(requests).filter((line) => line.startsWith('DELETE'))).toHaveLength(3);
  });

  it('take a passkey as proof of whoever has one', async () => {
    plugIn(() => Promise.resolve());
    const { requests } = own({
      'GET /auth/mfa': () => ok(ON),
      'GET /auth/passkeys': () => ok([PASSKEY]),
      'DELETE /auth/mfa/f-1': inTurn(
        () => TOO_OLD.clone(),
        () => ok({ message: 'gone' }),
      ),
      'POST /auth/passkeys/challenge': () => ok({ passkey_token: 'p-1', public_key: { challenge: 'AAAA' } }),
      'POST /auth/reauthenticate': () => ok({ message: 'fine' }),
    });
    const [remove] = await screen.findAllByRole('button', { name: 'Remove' });
    await userEvent.click(remove as HTMLElement);
    const sure = await screen.findByRole('dialog', { name: 'Remove the authenticator app?' });
    await userEvent.click(within(sure).getByRole('button', { name: 'Remove' }));
    const proof = await screen.findByRole('dialog', { name: 'Is it you?' });
    await userEvent.click(await within(proof).findByRole('button', { name: 'Use a passkey' }));
    expect(await screen.findByText('The authenticator app was removed')).toBeVisible();
    expect(await bodies(requests, '/reauthenticate')).toEqual([{ passkey_token: 'p-1', credential: { id: 'cred-1' } }]);
  });

  it('are codes by e-mail as well, where the organisation allows them', async () => {
    let isOn = false;
    const state = () => (isOn ? { ...ON, methods: [MAIL], allowed_methods: ['totp', 'email'] } : OFF);
    const { requests } = own({
      'GET /auth/mfa': () => ok(state()),
      'POST /auth/mfa/setup': inTurn(
        () => problem(422, { errors: [{ pointer: '#/type', detail: 'verify it first' }] }),
        () => ok({ type: 'email', destination: 'a•••@a•••.example', expires_at: AT }),
      ),
      'POST /auth/mfa/verify': () => {
        isOn = true;
        return ok({ message: 'fine', backup_codes: ['aaaa-bbbb'] });
      },
    });
    expect(await screen.findAllByRole('button', { name: 'Switch on' })).toHaveLength(2);
    const [button] = screen.getAllByRole('button', { name: 'Switch on' });
    await userEvent.click(button as HTMLElement);
    expect(await screen.findByText('Verify your e-mail address first.')).toBeVisible();
    await userEvent.click(button as HTMLElement);
    const dialog = await screen.findByRole('dialog', { name: 'Codes by e-mail' });
    expect(within(dialog).getByRole('status')).toHaveTextContent('a•••@a•••.example');
    await userEvent.type(within(dialog).getByLabelText('Code'), '123456');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Verify' }));
    expect(await screen.findByRole('dialog', { name: 'Your backup codes' })).toHaveTextContent('aaaa-bbbb');
    expect(await screen.findByText('a•••@a•••.example')).toBeInTheDocument();
    // Text messages are not allowed any more, and there are none.
    expect(screen.queryByText('Codes by text message')).not.toBeInTheDocument();
    expect(await bodies(requests, '/verify')).toEqual([{ type: 'email', code: '123456' }]);
  });

  it('have backup codes that are made anew', async () => {
    own({
      'GET /auth/mfa': () => ok(ON),
      'POST /auth/mfa/backup-codes': () => ok({ backup_codes: ['eeee-ffff'] }),
    });
    await userEvent.click(await screen.findByRole('button', { name: 'New codes' }));
    const sure = await screen.findByRole('dialog', { name: 'Make new backup codes?' });
    await userEvent.click(within(sure).getByRole('button', { name: 'New codes' }));
    expect(await screen.findByRole('dialog', { name: 'Your backup codes' })).toHaveTextContent('eeee-ffff');
  });
});

describe('one’s own passkeys', () => {
  const own = (script: Script, list: unknown[] = [PASSKEY]) =>
    stage(<SecondFactors />, {
      ...EMPTY,
      'GET /auth/mfa': () => ok(ON),
      'GET /auth/passkeys': () => ok(list),
      ...script,
    });
  const BEGUN = () => ok({ challenge_token: 'c-1', public_key: { challenge: 'BBBB' } });

  beforeEach(() => {
    plugIn(async () => undefined);
  });

  it('are added under a name', async () => {
    const ask = plugIn(async () => undefined);
    const { requests } = own(
      {
        'POST /auth/passkeys/begin': BEGUN,
        'POST /auth/passkeys': () => ok({ ...PASSKEY, backup_codes: ['gggg-hhhh'] }),
      },
      [],
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Add passkey' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add a passkey' });
    const name = within(dialog).getByLabelText('Name');
    await userEvent.clear(name);
    await userEvent.type(name, 'Laptop');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add passkey' }));
    expect(await screen.findByRole('dialog', { name: 'Your backup codes' })).toHaveTextContent('gggg-hhhh');
    expect(ask).toHaveBeenCalledWith({ publicKey: { challenge: 'BBBB', for: 'create' } });
    expect(await bodies(requests, '/auth/passkeys')).toEqual([
      { challenge_token: 'c-1', name: 'Laptop', credential: { id: 'cred-1' } },
    ]);
  });

  it('are not added twice by one device', async () => {
    plugIn(() => Promise.reject(new DOMException('there', 'InvalidStateError')));
    const { requests } = own({ 'POST /auth/passkeys/begin': BEGUN });
    await userEvent.click(await screen.findByRole('button', { name: 'Add passkey' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add a passkey' });
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add passkey' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('has a passkey for your account already');
    expect(lines(requests)).toEqual(['POST /auth/passkeys/begin']);
  });

  it('are renamed and removed', async () => {
    const { requests } = own({
      'PUT /auth/passkeys/p-1': () => ok({ ...PASSKEY, name: 'Old laptop' }),
      'DELETE /auth/passkeys/p-1': () => ok({ message: 'gone' }),
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Rename Laptop' }));
    const dialog = await screen.findByRole('dialog', { name: 'Rename Laptop' });
    const name = within(dialog).getByLabelText('Name');
    await userEvent.clear(name);
    await userEvent.type(name, 'Old laptop');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('The passkey was renamed')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Remove Laptop' }));
    const sure = await screen.findByRole('dialog', { name: 'Remove Laptop?' });
    await userEvent.click(within(sure).getByRole('button', { name: 'Remove' }));
    expect(await screen.findByText('The passkey was removed')).toBeVisible();
    const [renamed] = requests.filter(({ method }) => method === 'PUT');
    expect(await renamed?.json()).toEqual({ name: 'Old laptop' });
    expect(lines(requests)).toEqual(['PUT /auth/passkeys/p-1', 'DELETE /auth/passkeys/p-1']);
  });
});

describe('a member who has lost every second factor', () => {
  const user = { id: 'u-2', email: 'bo@acme.example', first_name: 'Bo', mfa_enabled: true } as Schemas['UserView'];
  const NAME = 'Remove second factors';

  it('gets help from those who may', async () => {
    const script = { 'DELETE /users/u-2/mfa': () => ok({ message: 'gone' }) };
    const { requests } = stage(<RemoveSecondFactors user={user} />, script, ['user_mfa:delete']);
    await userEvent.click(await screen.findByRole('button', { name: NAME }));
    const sure = await screen.findByRole('dialog', { name: 'Remove the second factors of Bo?' });
    await userEvent.click(within(sure).getByRole('button', { name: NAME }));
    expect(await screen.findByText('The second factors were removed')).toBeVisible();
    expect(lines(requests)).toEqual(['DELETE /users/u-2/mfa']);
  });

  it.each([
    ['without the permission', user, ['users:update']],
    ['without a second factor', { ...user, mfa_enabled: false }, ['user_mfa:delete']],
    ['for oneself', { ...user, id: 'u-1' }, ['user_mfa:delete']],
    ['after deletion', { ...user, deleted_at: AT }, ['user_mfa:delete']],
  ])('has no such button %s', async (_, member, permissions) => {
    const content = (
      <>
        <p>shown</p>
        <RemoveSecondFactors user={member} />
      </>
    );
    stage(content, {}, permissions);
    await screen.findByText('shown');
    expect(screen.queryByRole('button', { name: NAME })).not.toBeInTheDocument();
  });
});
