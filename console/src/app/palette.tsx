/** ⌘K: go anywhere, begin anything, find anyone. */
import { useQuery } from '@tanstack/react-query';
import { call } from '@tenantry/sdk';
import { type KeyboardEvent, useDeferredValue, useEffect, useState } from 'react';
import { classes } from '../ui/classes';
import { Dialog } from '../ui/dialog';
import { useGo } from '../ui/link';
import { placesFor } from './navigation';
import { setPreferences } from './preferences';
import { nameOf } from './session';
import { type TenantScope, useTenant } from './tenant';
import { useTranslation } from './translation';
import { useSignOut } from './user-menu';

interface Command {
  id: string;
  group: string;
  label: string;
  run: () => void;
}

/** Everything that can be done from anywhere. */
function useCommands(): Command[] {
  const { t } = useTranslation();
  const { can } = useTenant();
  const go = useGo();
  const signOut = useSignOut();
  const places = placesFor(can).map(({ id, to }) => ({
    id: `go-${id}`,
    group: t('palette.go'),
    label: t(`places.${id}`),
    run: () => go(to),
  }));
  const begin = [
    ['tenants:create', '/tenants/new', t('tenants.create')],
    ['users:create', '/members/new', t('members.create')],
    ['invitations:create', '/invitations/new', t('invitations.create')],
    ['roles:create', '/roles/new', t('roles.create')],
    ['groups:create', '/groups/new', t('groups.create')],
    ['policies:create', '/policies/new', t('policies.create')],
    ['roles:read', '/roles/matrix', t('matrix.title')],
    ['identity_providers:create', '/identity-providers/new', t('providers.create')],
    ['clients:create', '/clients/new', t('clients.create')],
    ['service_accounts:create', '/service-accounts/new', t('serviceAccounts.create')],
    ['projects:create', '/projects/new', t('projects.create')],
  ] as const;
  const actions = begin
    .filter(([permission]) => can(permission))
    .map(([, to, label]) => ({ id: `do-${to}`, group: t('palette.do'), label, run: () => go(to) }));
  const themes = (['system', 'light', 'dark'] as const).map((theme) => ({
    id: `theme-${theme}`,
    group: t('theme.title'),
    label: t(`theme.${theme}`),
    run: () => setPreferences({ theme }),
  }));
  const leave = { id: 'sign-out', group: t('palette.do'), label: t('shell.signOut'), run: () => void signOut() };
  return [...places, ...actions, leave, ...themes];
}

/** What the API finds for a text. */
async function find({ client, can }: TenantScope, search: string, signal: AbortSignal) {
  const query = { search, limit: 10 } as const;
  const none = Promise.resolve(undefined);
  const [users, projects, tenants] = await Promise.all([
    can('users:read') ? client.send(call('get', '/users', { query }), signal) : none,
    can('projects:read') ? client.send(call('get', '/projects', { query }), signal) : none,
    can('tenants:read') ? client.send(call('get', '/tenants', { query }), signal) : none,
  ]);
  return { users: users?.data ?? [], projects: projects?.data ?? [], tenants: tenants?.data ?? [] };
}

function useFound(text: string): Command[] {
  const { t } = useTranslation();
  const scope = useTenant();
  const go = useGo();
  const { data } = useQuery({
    queryKey: [scope.slug, 'palette', text],
    queryFn: ({ signal }) => find(scope, text, signal),
    enabled: text.length >= 2,
  });
  const users = (data?.users ?? []).slice(0, 5).map((user) => ({
    id: user.id,
    group: t('places.members'),
    label: `${nameOf(user)} · ${user.email}`,
    run: () => go(`/members/${user.id}`),
  }));
  const projects = (data?.projects ?? []).slice(0, 5).map((project) => ({
    id: project.id,
    group: t('places.projects'),
    label: project.name,
    run: () => go(`/projects/${project.id}`),
  }));
  const tenants = (data?.tenants ?? []).slice(0, 5).map((tenant) => ({
    id: tenant.id,
    group: t('places.tenants'),
    label: tenant.name,
    run: () => go(`/tenants/${tenant.id}`),
  }));
  return [...users, ...projects, ...tenants];
}

/** The palette. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const wanted = useDeferredValue(text.trim());
  const found = useFound(wanted);
  const known = useCommands().filter(({ label }) => label.toLowerCase().includes(text.trim().toLowerCase()));
  const commands = [...known, ...found];
  const chosen = Math.min(active, commands.length - 1);
  useEffect(() => {
    document.getElementById(`command-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const run = (command: Command | undefined) => {
    onClose();
    command?.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setActive((chosen + step + commands.length) % Math.max(1, commands.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(commands[chosen]);
    }
  };

  return (
    <Dialog title={t('shell.search')} shape="palette" onClose={onClose}>
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={commands.length > 0 ? `command-${chosen}` : undefined}
        aria-label={t('shell.search')}
        placeholder={t('palette.placeholder')}
        className="w-full border-b border-line bg-transparent px-4 py-3.5 text-base outline-none placeholder:text-ink-soft"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="commands" role="listbox" aria-label={t('palette.results')} className="max-h-[50vh] overflow-y-auto p-2">
        {commands.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the combobox has the focus and the keys
          <div
            key={command.id}
            id={`command-${index}`}
            role="option"
            aria-selected={index === chosen}
            className={classes(
              'flex cursor-pointer items-center justify-between gap-4 rounded-md px-3 py-2',
              index === chosen && 'bg-sunken',
            )}
            onMouseMove={() => setActive(index)}
            onClick={() => run(command)}
          >
            <span className="truncate">{command.label}</span>
            <span className="shrink-0 text-xs text-ink-soft">{command.group}</span>
          </div>
        ))}
      </div>
      {commands.length === 0 && <p className="px-5 pb-5 text-ink-soft">{t('palette.nothing')}</p>}
    </Dialog>
  );
}
