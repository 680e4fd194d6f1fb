/** What happens when the policy is saved as it stands in the form; whoever would be held up at once is not overlooked. */
import { call } from '@tenantry/sdk';
import { type ReactNode, useEffect } from 'react';
import { useAll, useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { useField, useForm } from '../../forms/form-state';
import { classes } from '../../ui/classes';
import { fullTime, useNumber } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { usePages } from '../shared/use-pages';
import { hasOwn, type MfaPolicy, type Outlook, outlookOf, type PolicyValues } from './outlook';

/** So many pages of a hundred members are looked at, and no more. */
const MOST_PAGES = 5;

/** The panel. */
export function OutlookPanel({ policy }: { policy: MfaPolicy }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const values = useForm().values as PolicyValues;
  const outlook = outlookOf(policy, values, Date.now());
  const isSudden = outlook.when === 'now' && can('mfa_policy:update');
  return (
    <>
      <section
        aria-labelledby="mfa-next"
        className={classes('rounded-md px-3 py-2.5', isSudden ? 'bg-warn-soft' : 'bg-sunken')}
      >
        <h3 id="mfa-next" className={classes('font-medium', isSudden && 'text-warn')}>
          {t('mfaPolicy.next')}
        </h3>
        <ul className="mt-1 list-outside list-disc space-y-1 pl-4">
          <Sentences outlook={outlook} values={values} />
        </ul>
      </section>
      {isSudden && <Understood />}
    </>
  );
}

function Sentences({ outlook, values }: { outlook: Outlook; values: PolicyValues }) {
  const { t, locale } = useTranslation();
  const { when, at, dropped } = outlook;
  if (when === 'never') {
    return <li>{t('mfaPolicy.outlook.nobody')}</li>;
  }
  const names = dropped.map((kind) => t(`mfaPolicy.kinds.${kind as 'totp'}`)).join(', ');
  return (
    <>
      <li>
        {at ? t('mfaPolicy.outlook.later', { at: fullTime(at, locale) }) : t(`mfaPolicy.outlook.${whenNow(when)}`)}
      </li>
      {names && <li>{t('mfaPolicy.outlook.dropped', { methods: names })}</li>}
      {values.required === 'everybody' && <Without />}
      <Yourself values={values} />
    </>
  );
}

const whenNow = (when: Outlook['when']) => (when === 'already' ? 'already' : 'now');

/** How many have none; counted among the newest where there are many. */
function Without(): ReactNode {
  const { t } = useTranslation();
  const { can } = useTenant();
  const number = useNumber();
  const { read, items, more } = usePages(
    '/users',
    { query: { status: 'active' } },
    { limit: 100, isEnabled: can('users:read') },
  );
  const pages = read.data?.pages.length ?? 0;
  const isDone = more === undefined || pages >= MOST_PAGES;
  const { isFetching } = read;
  useEffect(() => {
    if (!isDone && !isFetching) {
      more?.();
    }
  }, [isDone, isFetching, more]);
  if (!items || !isDone) {
    return null;
  }
  const count = items.filter(({ mfa_enabled }) => !mfa_enabled).length;
  const total = number(items.length);
  return <li>{t(more ? 'mfaPolicy.withoutFirst' : 'mfaPolicy.without', { count, total })}</li>;
}

/** The reader, when they would be held up themselves. */
function Yourself({ values }: { values: PolicyValues }): ReactNode {
  const { t } = useTranslation();
  const { session, can } = useTenant();
  const isOneself = !session.impersonator_id;
  const factors = useRead(call('get', '/auth/mfa'), { enabled: isOneself });
  const passkeys = useAll('/auth/passkeys', {}, { enabled: isOneself });
  // The session knows the names of the roles that one holds, through groups too.
  const roles = useAll('/roles', {}, { enabled: values.required === 'roles' && can('roles:read'), staleFor: 60_000 });
  const chosen = roles.data?.filter(({ id }) => values.role_ids.includes(id)).map(({ name }) => name) ?? [];
  const isMeant = values.required === 'everybody' || session.user.roles.some((name) => chosen.includes(name));
  if (!isMeant || !factors.data || !passkeys.data) {
    return null;
  }
  if (hasOwn(values.methods, factors.data.data.methods, passkeys.data.length)) {
    return null;
  }
  return (
    <li>
      {t('mfaPolicy.yourself')}{' '}
      <TenantLink to="/account" className="font-medium underline underline-offset-2">
        {t('mfaPolicy.setYours')}
      </TenantLink>
    </li>
  );
}

/** What must be ticked before people are held up at once. */
function Understood() {
  const { t } = useTranslation();
  const { value, error, set } = useField('understood', {
    validate: (isTicked) => (isTicked === true ? undefined : t('mfaPolicy.wrong.understood')),
  });
  return (
    <div className="flex items-start gap-2">
      <input
        id="understood"
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-accent"
        aria-invalid={error !== undefined}
        aria-describedby={error ? 'understood-hint understood-error' : 'understood-hint'}
        checked={value === true}
        onChange={(event) => set(event.target.checked)}
      />
      <div>
        <label htmlFor="understood" className="font-medium">
          {t('mfaPolicy.understood')}
        </label>
        <p id="understood-hint" className="text-[0.8125rem] text-ink-soft">
          {t('mfaPolicy.understoodHint')}
        </p>
        {error && (
          <p id="understood-error" className="text-[0.8125rem] text-danger">
            {error}
          </p>
        )}
      </div>
    </div>
  );
}
