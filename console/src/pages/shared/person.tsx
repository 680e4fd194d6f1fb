/** A person by id: the name when it may be seen, else a short form of the id. */
import { call } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { nameOf } from '../../app/session';
import { useTenant } from '../../app/tenant';
import { TenantLink } from '../../ui/link';

/** The end of an id, which differs between neighbours (the beginning is the time). */
export function shortId(id: string): string {
  return `…${id.slice(-6)}`;
}

/** A person. */
export function Person({ id, isPlain }: { id: string | null | undefined; isPlain?: boolean }) {
  const { session, can } = useTenant();
  const isSelf = id === session.user.id;
  const target = call('get', '/users/{user_id}', { path: { user_id: id ?? '' } });
  const read = useRead(target, { enabled: Boolean(id) && !isSelf && can('users:read'), staleFor: 300_000 });
  if (!id) {
    return <span className="text-ink-soft">—</span>;
  }
  const known = isSelf ? session.user : read.data?.data;
  const name = known ? nameOf(known) : <code className="font-mono text-xs">{shortId(id)}</code>;
  if (isPlain || !known || !can('users:read')) {
    return <span title={id}>{name}</span>;
  }
  return (
    <TenantLink
      to={`/members/${id}`}
      className="underline decoration-line-strong underline-offset-2 hover:decoration-ink"
    >
      {name}
    </TenantLink>
  );
}
