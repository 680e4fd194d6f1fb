/** Invitations: tables of people, and what becomes of their rows. */
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { InvitationCreate } from '../src/pages/invitations/create';
import { InvitationImport } from '../src/pages/invitations/import';
import { InvitationList } from '../src/pages/invitations/list';
import { leftOver, outcomesOf, problemsAt, rowsOf, tableProblem, termsOf } from '../src/pages/invitations/model';
import { ok, stage } from './stage';

const TABLE = 'first_name,email\n"Ada, ""A""",a@b.example\r\n\n"two\nlines",x\nGrace,g@b.example';

describe('a table of people', () => {
  it('is read as the server reads it: quotes, lines inside them, empty lines', () => {
    const rows = rowsOf(TABLE);
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 4, 6]);
    expect(rows[1]?.cells).toEqual(['Ada, "A"', 'a@b.example']);
    expect(rows[2]?.cells).toEqual(['two\nlines', 'x']);
    expect(rowsOf('')).toEqual([]);
    expect(rowsOf('"never closed,\n')).toHaveLength(1);
  });

  it('is checked before it is sent', () => {
    expect(tableProblem('\uFEFFemail\na@b.example')).toBeUndefined();
    expect(tableProblem(TABLE)).toBeUndefined();
    expect(tableProblem('')?.key).toBe('noHead');
    expect(tableProblem('name\nAda')?.key).toBe('noHead');
    expect(tableProblem('email,role\na@b.example,admin')).toEqual({ key: 'column', name: 'role' });
    expect(tableProblem('email\n\n')?.key).toBe('noRows');
    expect(tableProblem(`email\n${'a@b.example\n'.repeat(201)}`)?.key).toBe('rows');
  });

  const answer = {
    invited: [{ row: 3, id: 'i-1', email: 'g@b.example' }],
    failed: [
      { row: 1, code: 'email_taken', errors: [] },
      { row: 2, code: 'validation_failed', errors: [{ pointer: '#/email', detail: 'no address' }] },
    ],
  };

  it('gets its answer row by row, at the lines of the text, and keeps what failed', () => {
    const outcomes = outcomesOf(TABLE, answer);
    expect(outcomes.map(({ row, email, code }) => [row, email, code])).toEqual([
      [1, 'a@b.example', 'email_taken'],
      [2, 'x', 'validation_failed'],
      [3, 'g@b.example', undefined],
    ]);
    const places = problemsAt(TABLE, outcomes, ({ code, detail }) => detail || String(code));
    expect(places).toEqual([
      { line: 2, detail: 'email_taken' },
      { line: 4, detail: 'no address' },
    ]);
    expect(leftOver(TABLE, answer)).toBe('first_name,email\n"Ada, ""A""",a@b.example\n"two\nlines",x\n');
    expect(leftOver(TABLE, { ...answer, failed: [] })).toBe('');
  });

  it('is invited with the same roles for all', async () => {
    const { requests } = stage(
      <InvitationImport />,
      {
        'GET /roles': () => ok([{ id: 'r-1', name: 'crew' }]),
        'POST /users/invite/bulk': () =>
          ok({
            invited: [{ row: 1, id: 'i-1', email: 'a@b.example' }],
            failed: [{ row: 2, code: 'already_invited', errors: [] }],
          }),
      },
      ['invitations:create', 'roles:read'],
    );
    const table = await screen.findByLabelText('People as CSV');
    await userEvent.click(screen.getByRole('button', { name: 'Invite all' }));
    expect(screen.getByText('There are no people in the table yet.')).toBeVisible();
    await userEvent.clear(table);
    await userEvent.click(table);
    await userEvent.paste('email\na@b.example\nc@b.example\n');
    expect(screen.getByText('2 people')).toBeVisible();
    await userEvent.click(await screen.findByLabelText('crew'));
    await userEvent.click(screen.getByRole('button', { name: 'Invite all' }));
    const results = within(await screen.findByRole('table'));
    expect(results.getByText('Is invited already')).toBeVisible();
    expect(screen.getByText('1 invited · 1 failed')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Line 3' })).toBeVisible();
    expect(await requests.find(({ method }) => method === 'POST')?.json()).toEqual({
      csv: 'email\na@b.example\nc@b.example\n',
      role_ids: ['r-1'],
      expires_in_days: 7,
    });
    await userEvent.click(screen.getByRole('button', { name: 'Keep those that failed' }));
    expect(table).toHaveValue('email\nc@b.example\n');
    expect(screen.queryByRole('table')).toBeNull();
  });
});

describe('an invitation', () => {
  it('leaves the role to the server when none is chosen, or none may be seen', async () => {
    expect(termsOf({ role_ids: [], language: '', expires_in_days: '7' })).toEqual({
      role_ids: null,
      expires_in_days: 7,
    });
    const { requests } = stage(<InvitationCreate />, { 'POST /users/invite': () => ok({ id: 'i-1' }) }, [
      'invitations:create',
    ]);
    await userEvent.type(await screen.findByLabelText('E-mail address'), 'a@b.example');
    await userEvent.selectOptions(screen.getByLabelText(/^Language/), 'de');
    await userEvent.click(screen.getByRole('button', { name: 'Invite' }));
    expect(await screen.findByText('The invitation is on its way')).toBeVisible();
    expect(await requests[0]?.json()).toMatchObject({ email: 'a@b.example', role_ids: null, language: 'de' });
    expect(requests.some(({ url }) => url.includes('/roles'))).toBe(false);
  });

  const invitation = (id: string, state: string) => ({
    id,
    email: `${id}@b.example`,
    language: 'en',
    role_ids: [],
    state,
    invited_by: 'u-1',
    created_at: '2026-11-21T10:00:00Z',
    expires_at: '2026-11-28T10:00:00Z',
    sent_at: '2026-11-21T10:00:00Z',
  });
  const invitations = ['pending', 'accepted', 'revoked', 'expired'].map((state) => invitation(state, state));
  const names = () =>
    screen.queryAllByRole('button', { name: /of .*@b\.example/ }).map((button) => button.getAttribute('aria-label'));

  it('is sent again while it is open or too late, and revoked while it is open', async () => {
    const { requests } = stage(
      <InvitationList />,
      {
        'GET /invites': () => ok(invitations),
        'DELETE /invites/pending': () => ok(invitation('pending', 'revoked')),
      },
      ['invitations:read', 'invitations:create', 'invitations:delete'],
    );
    await screen.findByText('pending@b.example');
    expect(names()).toEqual([
      'Send again: the invitation of pending@b.example',
      'Revoke the invitation of pending@b.example',
      'Send again: the invitation of expired@b.example',
    ]);
    await userEvent.click(screen.getByRole('button', { name: 'Revoke the invitation of pending@b.example' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Revoke' }));
    expect(await screen.findByText('The invitation was revoked')).toBeVisible();
    expect(requests.some(({ method }) => method === 'DELETE')).toBe(true);
  });

  it('is only looked at by those who may not invite', async () => {
    stage(<InvitationList />, { 'GET /invites': () => ok(invitations) }, ['invitations:read']);
    await screen.findByText('pending@b.example');
    expect(names()).toEqual([]);
    expect(screen.queryByRole('link', { name: 'Invite' })).toBeNull();
  });
});
