/** One's own accounts elsewhere, with which one signs in here: which there are, linking one, unlinking one. */
import { call, type Schemas } from '@tenantry/sdk';
import { ExternalLink, Link2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { reportTrouble, useRead } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { Button, buttonClass } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { CurlText } from '../../ui/curl';
import { Dialog } from '../../ui/dialog';
import { Time } from '../../ui/format';
import { Labelled, Wrong } from '../../ui/labelled';
import { Skeleton } from '../../ui/skeleton';
import { Refusal, Trouble } from '../../ui/trouble';
import { pageAddress } from '../identity-providers/test-outcome';
import { useProven } from './proof';

type Linked = Schemas['LinkedIdentityView'];

const READ = call('get', '/users/me/identities');

/** The list and the button. */
export function LinkedAccounts() {
  const { t } = useTranslation();
  const read = useRead(READ);
  const [isLinking, setLinking] = useState(false);
  const accounts = read.data?.data;
  return (
    <div className="space-y-4">
      {read.isPending && <Skeleton lines={2} />}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {accounts && (
        <div className="rounded-lg border border-line bg-surface">
          {accounts.length === 0 && <p className="p-4 text-ink-soft">{t('linked.none')}</p>}
          <ul className="divide-y divide-line">
            {accounts.map((account) => (
              <Account key={account.id} account={account} />
            ))}
          </ul>
        </div>
      )}
      {accounts && (
        <Button icon={<Link2 aria-hidden className="size-4" />} onClick={() => setLinking(true)}>
          {t('linked.add')}
        </Button>
      )}
      {isLinking && <LinkDialog onClose={() => setLinking(false)} />}
    </div>
  );
}

function Account({ account }: { account: Linked }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const send = useProven();
  const name = account.provider_name;
  const unlink = () => {
    const path = { identity_id: account.id };
    const target = call('delete', '/users/me/identities/{identity_id}', { path });
    confirm({
      title: t('linked.removeTitle', { name }),
      body: t('linked.removeBody'),
      verb: t('linked.remove'),
      call: target,
      send: () => send(target),
      done: t('linked.removed'),
      refresh: ['/users/me/identities', '/auth/security-events'],
      isDanger: true,
    });
  };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">{name}</p>
        <p className="text-[0.8125rem] break-words text-ink-soft">
          {account.email && `${account.email} · `}
          {t('sessions.used')} <Time at={account.last_used_at} />
        </p>
      </div>
      <Button size="small" aria-label={t('linked.removeOf', { name })} onClick={unlink}>
        {t('linked.remove')}
      </Button>
    </li>
  );
}

/** Which account, and then the way to the provider: it opens beside this page, and ends there. */
function LinkDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const send = useProven();
  // This list has one page, and only those that are switched on.
  const providers = useRead(call('get', '/auth/providers'));
  const offered = providers.data?.data;
  const [typed, setTyped] = useState<string>();
  const [address, setAddress] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const provider = typed ?? offered?.[0]?.slug ?? '';
  const target = call('post', '/users/me/identities', { body: { provider } });

  const begin = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      setAddress((await send(target))?.data.authorization_url);
    } catch (thrown) {
      setError(thrown);
      reportTrouble(thrown);
    } finally {
      setBusy(false);
    }
  };
  const destination = pageAddress(address ?? '');

  return (
    <Dialog title={t('linked.add')} onClose={onClose}>
      {providers.isError && <Trouble error={providers.error} onRetry={() => void providers.refetch()} />}
      {providers.isPending && <Skeleton lines={2} />}
      {offered?.length === 0 && <p>{t('linked.noProvider')}</p>}
      {address && !destination && <Wrong>{t('providers.noAddress')}</Wrong>}
      {destination && (
        <div className="space-y-4">
          <p>{t('linked.goHelp')}</p>
          <a
            href={destination.href}
            target="_blank"
            rel="noreferrer"
            className={buttonClass('primary')}
            // The browser follows the link first.
            onClick={() => setTimeout(onClose)}
          >
            <ExternalLink aria-hidden className="size-4" />
            {t('providers.goTo', { host: destination.host })}
          </a>
        </div>
      )}
      {!address && offered && offered.length > 0 && (
        <form onSubmit={(event) => void begin(event)} className="space-y-4">
          <p>{t('linked.addHelp')}</p>
          <Labelled label={t('linked.provider')}>
            {(id) => (
              <select id={id} className="control" value={provider} onChange={(event) => setTyped(event.target.value)}>
                {offered.map(({ slug, name }) => (
                  <option key={slug} value={slug}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Labelled>
          {error !== undefined && <Refusal error={error} />}
          <details>
            <summary className="w-fit text-[0.8125rem] text-ink-soft hover:text-ink">{t('curl.show')}</summary>
            <div className="mt-2">
              <CurlText target={target} />
            </div>
          </details>
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="submit" kind="primary" isBusy={isBusy}>
              {t('linked.go')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
