import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { ProjectList } from '../src/pages/projects/list';
import { changeSearch, isChangedBy, readState } from '../src/templates/list-model';
import { ok, problem, stage } from './stage';

const project = (id: string, name: string) => ({
  id,
  name,
  status: 'active',
  created_at: '2026-11-21T10:00:00Z',
  updated_at: '2026-11-21T10:00:00Z',
});

describe('a list', () => {
  it('waits, shows rows that lead to their page, and writes filters into the URL', async () => {
    const { requests, router } = stage(<ProjectList />, {
      'GET /projects': () => ok([project('p-1', 'Harbour'), project('p-2', 'Market')]),
    });
    expect(await screen.findByRole('link', { name: 'Harbour' })).toHaveAttribute('href', '/acme/projects/p-1');
    await userEvent.selectOptions(screen.getByLabelText('State'), 'archived');
    await waitFor(() => expect(router.state.location.searchStr).toBe('?status=archived'));
    await waitFor(() => expect(new URL(requests.at(-1)?.url ?? '').search).toBe('?status=archived&limit=20'));
  });

  it('says what to do when there is nothing', async () => {
    stage(<ProjectList />, { 'GET /projects': () => ok([]) }, ['projects:read', 'projects:create']);
    expect(await screen.findByText('No projects yet')).toBeVisible();
    expect(screen.getAllByRole('link', { name: 'Create project' })).toHaveLength(2);
  });

  it('offers only what the user may do', async () => {
    stage(<ProjectList />, { 'GET /projects': () => ok([project('p-1', 'Harbour')]) }, ['projects:read']);
    await screen.findByRole('link', { name: 'Harbour' });
    expect(screen.queryByRole('checkbox')).toBeNull();
    expect(screen.queryByRole('link', { name: 'Create project' })).toBeNull();
  });

  it('explains a failure and tries again', async () => {
    let isBroken = true;
    stage(<ProjectList />, {
      'GET /projects': () => (isBroken ? problem(500) : ok([project('p-1', 'Harbour')])),
    });
    expect(await screen.findByText('r-1')).toBeVisible();
    isBroken = false;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: 'Harbour' })).toBeVisible();
  });

  it('changes the chosen rows one after the other, and tells what failed', async () => {
    const { requests } = stage(<ProjectList />, {
      'GET /projects': () => ok([project('p-1', 'Harbour'), project('p-2', 'Market')]),
      'PUT /projects/p-1': () => ok({}),
      'PUT /projects/p-2': () => problem(409, { detail: 'Not this one.' }),
    });
    await userEvent.click(await screen.findByLabelText('Choose all rows of this page'));
    await userEvent.click(screen.getByRole('button', { name: 'Archive' }));
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Archive' }));
    expect(await screen.findByText('1 of 2 failed')).toBeVisible();
    expect(screen.getByText(/Not this one/)).toBeVisible();
    expect(requests.filter(({ method }) => method === 'PUT')).toHaveLength(2);
  });

  it('keeps views by name', async () => {
    stage(<ProjectList />, { 'GET /projects': () => ok([project('p-1', 'Harbour')]) });
    await userEvent.click(await screen.findByRole('button', { name: 'Saved views' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Save this view' }));
    await userEvent.type(screen.getByLabelText('Name'), 'Mine');
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Save' }));
    expect(localStorage.getItem('tenantry.preferences')).toContain('"name":"Mine"');
  });
});

describe('the URL of a list', () => {
  it('goes back to the first page when a filter changes, and not when a column is hidden', () => {
    expect(changeSearch({ cursor: 'c', status: 'a' }, { status: 'b' })).toEqual({ status: 'b' });
    expect(changeSearch({ cursor: 'c' }, { hide: 'x' })).toEqual({ cursor: 'c', hide: 'x' });
    expect(changeSearch({ status: 'a' }, { status: '' })).toEqual({});
  });

  it('does not believe just any page size', () => {
    expect(readState({ limit: '50' }, []).limit).toBe(50);
    expect(readState({ limit: '1000000' }, []).limit).toBe(20);
  });

  it('knows which events concern it', () => {
    expect(isChangedBy(['tenantry.project.*'], 'tenantry.project.created')).toBe(true);
    expect(isChangedBy(['tenantry.project.*'], 'tenantry.user.created')).toBe(false);
    expect(isChangedBy(['*'], 'anything')).toBe(true);
  });
});
