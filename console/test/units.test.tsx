import { ApiError, call } from '@tenantry/sdk';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { placesFor } from '../src/app/navigation';
import { holds } from '../src/app/session';
import { ACCENTS, accentTokens, contrast } from '../src/app/theme';
import { changesOf } from '../src/pages/audit/changes';
import { toSlug } from '../src/pages/entry/finder';
import { safeTarget } from '../src/pages/entry/sign-in';
import { extentOf, withExtent } from '../src/pages/shared/extents';
import { timeOf } from '../src/pages/shared/ids';
import { clientName } from '../src/pages/shared/session-list';
import { Plot } from '../src/plots/plot';
import { useConfirm } from '../src/ui/confirm';
import { relativeTime } from '../src/ui/format';
import { Trouble } from '../src/ui/trouble';
import { ok, sessionWith, stage } from './stage';

describe('accents', () => {
  it.each([...ACCENTS, '#ffff00', '#000000', '#ffffff', '#777777'])('%s is readable in both themes', (color) => {
    const { light, onLight, dark, onDark } = accentTokens(color);
    for (const surface of ['#ffffff', '#f8f8f9', '#f2f2f4']) {
      expect(contrast(light, surface)).toBeGreaterThanOrEqual(4.5);
    }
    for (const surface of ['#0b0c0e', '#191b1f', '#1a1c20']) {
      expect(contrast(dark, surface)).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(light, onLight)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark, onDark)).toBeGreaterThanOrEqual(4.5);
  });
});

describe('permissions', () => {
  it('count for anything and for one’s own', () => {
    const session = sessionWith(['projects:read', 'projects:update:own']);
    expect(holds(session, 'projects:update')).toBe(true);
    expect(holds(session, 'users:read')).toBe(false);
    expect(placesFor((name) => holds(session, name)).map(({ id }) => id)).toEqual([
      'overview',
      'projects',
      'account',
      'preferences',
    ]);
  });

  it('of a role are granted not, for one’s own, or for all', () => {
    expect(extentOf(['a:b:own'], 'a:b')).toBe('own');
    expect(withExtent(['a:b:own', 'c:d'], 'a:b', 'any')).toEqual(['a:b', 'c:d']);
    expect(withExtent(['a:b', 'c:d'], 'a:b', '')).toEqual(['c:d']);
  });
});

describe('small things', () => {
  it('times are relative in any language', () => {
    const now = Date.parse('2026-11-21T12:00:00Z');
    expect(relativeTime(new Date('2026-11-21T11:57:00Z'), 'en', now)).toBe('3 minutes ago');
    expect(relativeTime(new Date('2026-11-20T11:57:00Z'), 'de', now)).toBe('gestern');
    expect(relativeTime(new Date('2026-11-21T11:59:59Z'), 'en', now)).toBe('now');
  });

  it('an id tells its time', () => {
    expect(new Date(timeOf('01a1fc18-4e26-7a43-aa60-20309521d494')).getUTCFullYear()).toBe(2026);
  });

  it('names become short names', () => {
    expect(toSlug('  Acme Corp. ')).toBe('acme-corp');
  });

  it('only pages of the tenant are places to go on to', () => {
    expect(safeTarget('acme', '/acme/projects?status=active')).toBe('/acme/projects?status=active');
    expect(safeTarget('acme', '//evil.example')).toBe('/acme');
    expect(safeTarget('acme', '/acme.evil')).toBe('/acme');
  });

  it('programs have names', () => {
    expect(clientName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36')).toBe(
      'Chrome · Linux',
    );
    expect(clientName('curl/8.1')).toBe('curl');
    expect(clientName(null)).toBe('—');
  });

  it('changes are listed field by field', () => {
    expect(changesOf({ name: 'a' }, { name: 'b', tags: [1] })).toEqual([
      { name: 'name', before: 'a', after: 'b' },
      { name: 'tags', before: undefined, after: '[\n  1\n]' },
    ]);
  });
});

describe('a pause that the server asks for', () => {
  it('ends by itself', async () => {
    const onRetry = vi.fn();
    stage(<Trouble error={new ApiError(429, 'rate_limited', 'Slow down.', [], 'r', 1)} onRetry={onRetry} />);
    expect(await screen.findByRole('button', { name: /Again in 1 s/ })).toBeDisabled();
    await vi.waitFor(() => expect(onRetry).toHaveBeenCalledOnce(), { timeout: 5_000 });
  });
});

function Asker() {
  const confirm = useConfirm();
  const target = call('delete', '/projects/{project_id}', { path: { project_id: 'p-1' } });
  const question = {
    title: 'Sure?',
    body: 'It is gone then.',
    verb: 'Delete',
    call: target,
    done: 'Gone',
    refresh: [],
  };
  return (
    <button type="button" onClick={() => confirm({ ...question, isDanger: true, word: 'Harbour' })}>
      Ask
    </button>
  );
}

describe('a destructive action', () => {
  it('waits for the word, and shows its call', async () => {
    const { requests } = stage(<Asker />, { 'DELETE /projects/p-1': () => ok({ message: 'Deleted' }) });
    await userEvent.click(await screen.findByRole('button', { name: 'Ask' }));
    const button = await screen.findByRole('button', { name: 'Delete' });
    expect(button).toBeDisabled();
    expect(screen.getByText(/curl \\/)).toHaveTextContent('-X DELETE');
    await userEvent.type(screen.getByLabelText(/^Type/), 'Harbour');
    await userEvent.click(button);
    expect(await screen.findByText('Gone')).toBeVisible();
    expect(requests[0]?.headers.get('x-tenantry-csrf')).toBe('1');
  });
});

describe('a plot', () => {
  it('has its numbers as a table', async () => {
    const series = [{ key: 'count', label: 'Members', tone: 'accent' }] as const;
    const points = [{ label: '21 Nov', values: { count: 1234 } }];
    stage(<Plot title="Per day" axis="Day" kind="bar" series={series} points={points} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Show as table' }));
    expect(screen.getByRole('cell', { name: '1,234' })).toBeVisible();
  });
});
