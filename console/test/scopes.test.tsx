/** What the pages of scopes stand on. */
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { translate as t } from '../src/app/texts';
import { ScopeCreate } from '../src/pages/scopes/create';
import {
  type ClaimLine,
  claimProblem,
  EMPTY,
  exampleOf,
  fieldFor,
  nameProblem,
  readValue,
  type Scope,
  showValue,
  toBody,
  toNewBody,
  toValues,
} from '../src/pages/scopes/model';
import { problem, stage } from './stage';

const ORDERS: Scope = {
  id: 's-1',
  name: 'orders:read',
  description: 'See your orders',
  translations: { de: 'Ihre Bestellungen sehen' },
  claims: {
    'https://acme.example/employee': { managed: 'employee_id' },
    'https://acme.example/roles': { claim: 'roles' },
    'https://acme.example/region': { value: 'north' },
    'https://acme.example/level': { value: 3 },
    'https://acme.example/text': { value: '3' },
  },
  in_id_token: true,
  created_at: '2026-11-21T10:00:00Z',
  updated_at: '2026-11-21T10:00:00Z',
};

describe('a scope', () => {
  it('comes back as it was read', () => {
    const { name, description, translations, claims, in_id_token } = ORDERS;
    expect(toNewBody(toValues(ORDERS))).toEqual({ name, description, translations, claims, in_id_token });
    expect(toBody(toValues(ORDERS))).not.toHaveProperty('name');
  });

  it('keeps numbers and texts apart', () => {
    for (const value of ['north', '3', 3, true, 'true', null, ['a'], { a: 1 }, '{', '"x"', '']) {
      expect(readValue(showValue(value))).toEqual(value);
    }
  });

  it('says nothing in languages without a text, and of empty lines', () => {
    const line: ClaimLine = { name: ' ', from: 'managed', of: '' };
    const body = toBody({ ...EMPTY, description: ' See ', text_en: '  ', text_hi: ' देखें ', claims: [line] });
    expect(body).toEqual({ description: 'See', translations: { hi: 'देखें' }, claims: {}, in_id_token: false });
  });

  it('has a name that clients can ask for and that means nothing yet', () => {
    expect(nameProblem('orders:read', t)).toBeUndefined();
    for (const wrong of ['', 'a b', 'a"b', 'a\\b', 'ä', 'openid', 'roles', 'x'.repeat(101)]) {
      expect(nameProblem(wrong, t), wrong).toBeTypeOf('string');
    }
  });

  it('gives no other meaning to what a standard says', () => {
    const of = (name: string, value = 'x'): ClaimLine => ({ name, from: 'value', of: value });
    expect(claimProblem([of('https://acme.example/x')], 0, t)).toBeUndefined();
    expect(claimProblem([of('')], 0, t)).toBe(t('scopes.wrong.half'));
    expect(claimProblem([of('level', ' ')], 0, t)).toBe(t('scopes.wrong.half'));
    for (const reserved of ['sub', 'cnf', 'email_verified', 'roles', '_claim_names']) {
      expect(claimProblem([of(reserved)], 0, t), reserved).toBe(t('scopes.wrong.reserved'));
    }
    expect(claimProblem([of('a b')], 0, t)).toBe(t('scopes.wrong.claim'));
    const twice = [of('level'), of(' level ')];
    expect([claimProblem(twice, 0, t), claimProblem(twice, 1, t)]).toEqual([undefined, t('scopes.wrong.twice')]);
  });

  it('shows what clients learn, and leads pointers to fields', () => {
    const lines: ClaimLine[] = [
      { name: 'region', from: 'value', of: '7' },
      { name: 'mine', from: 'claim', of: 'roles' },
      { name: 'id', from: 'managed', of: 'employee_id' },
      { name: 'half', from: 'managed', of: '' },
    ];
    expect(exampleOf({ claims: lines })).toEqual({ region: 7, mine: ['user'], id: '… employee_id' });
    expect(fieldFor('#/translations/de')).toBe('text_de');
    expect(fieldFor('#/claims/https:~1~1acme.example~1x')).toBe('claims');
    expect(fieldFor('#/description')).toBe('description');
  });
});

describe('the page of a new scope', () => {
  it('shows what the server says at the claim that it means', async () => {
    const errors = [{ pointer: '#/claims/https:~1~1acme.example~1x', detail: 'not this one' }];
    const { requests } = stage(<ScopeCreate />, { 'POST /oauth/scopes': () => problem(422, { errors }) }, [
      'oauth_scopes:create',
    ]);
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText('Name'), 'orders:read');
    await user.type(screen.getByLabelText('Description'), 'See your orders');
    for (const [number, name] of ['level', 'https://acme.example/x'].entries()) {
      await user.click(screen.getByRole('button', { name: 'Add claim' }));
      await user.type(screen.getByLabelText(`Name of claim ${number + 1}`), name);
      await user.type(screen.getByLabelText(`Value of claim ${number + 1}`), 'some_field');
    }
    await user.click(screen.getByRole('button', { name: 'Define scope' }));
    await waitFor(() => expect(screen.getByText('not this one')).toBeInTheDocument());
    expect(screen.getByLabelText('Name of claim 2')).toHaveAccessibleDescription(/not this one/);
    expect(screen.getByLabelText('Name of claim 1')).not.toHaveAccessibleDescription(/not this one/);
    expect(await requests.at(-1)?.json()).toMatchObject({
      name: 'orders:read',
      claims: { level: { managed: 'some_field' }, 'https://acme.example/x': { managed: 'some_field' } },
    });
  });
});
