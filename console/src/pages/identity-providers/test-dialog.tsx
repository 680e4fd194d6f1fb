/** Trying a provider: a window goes there, and what it says of whoever signs in is shown here. Nobody is signed in by it. */
import { type Call, call } from '@tenantry/sdk';
import { ExternalLink } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useAll, useAttempt } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Badge, type Tone } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Facts } from '../../ui/card';
import { CodeText, CurlText } from '../../ui/curl';
import { Dialog } from '../../ui/dialog';
import { Labelled, Wrong } from '../../ui/labelled';
import { Skeleton } from '../../ui/skeleton';
import { Refusal } from '../../ui/trouble';
import { Person } from '../shared/person';
import type { IdentityProvider } from './model';
import { lookAt, pageAddress, readOutcome, sendTo, type Tried } from './test-outcome';

type Step = 'ready' | 'away' | 'gone' | 'blocked';

interface TestDialogProps {
  provider: IdentityProvider;
  onClose: () => void;
}

/** The dialog. */
export default function TestDialog({ provider, onClose }: TestDialogProps) {
  const { t } = useTranslation();
  const target = call('post', '/identity-providers/{provider_id}/test', { path: { provider_id: provider.id } });
  const asking = useAttempt<{ authorization_url: string }>();
  const [tried, setTried] = useState<Tried>();
  const ask = () => {
    setTried(undefined);
    void asking.run(target as Call<{ authorization_url: string }>);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, when the dialog opens
  useEffect(ask, []);
  const address = pageAddress(asking.answer?.data.authorization_url ?? '');
  return (
    <Dialog
      title={t('providers.testTitle', { name: provider.name })}
      shape="wide"
      onClose={onClose}
      footer={
        <>
          {(tried || asking.error !== undefined) && <Button onClick={ask}>{t('providers.again')}</Button>}
          <Button onClick={onClose}>{t('common.close')}</Button>
        </>
      }
    >
      <div className="space-y-4">
        {!tried && <p>{t('providers.testHelp')}</p>}
        {asking.isBusy && <Skeleton lines={2} />}
        {asking.error !== undefined && <Refusal error={asking.error} />}
        {asking.answer && !address && <Wrong>{t('providers.noAddress')}</Wrong>}
        {address && !tried && <Journey key={address.href} address={address} onTried={setTried} />}
        {tried && <Outcome tried={tried} />}
        <details>
          <summary className="w-fit text-[0.8125rem] text-ink-soft hover:text-ink">{t('curl.show')}</summary>
          <div className="mt-2">
            <CurlText target={target} />
          </div>
        </details>
      </div>
    </Dialog>
  );
}

/** There and back: in a window that is watched, or, where it cannot be looked into, by hand. */
function Journey({ address, onTried }: { address: URL; onTried: (tried: Tried) => void }) {
  const { t } = useTranslation();
  const [step, setStep] = useState<Step>('ready');
  const [said, setSaid] = useState('');
  const other = useRef<Window>(undefined);
  const latest = useRef(onTried);
  latest.current = onTried;

  useEffect(() => {
    if (step !== 'away') {
      return;
    }
    const timer = setInterval(() => {
      const sight = other.current ? lookAt(other.current) : { at: 'gone' as const };
      if (sight.at === 'gone') {
        setStep('gone');
      } else if (sight.at === 'back') {
        const outcome = readOutcome(sight.text);
        other.current?.close();
        if (outcome) {
          latest.current(outcome);
        } else {
          setSaid(sight.text);
          setStep('gone');
        }
      }
    }, 300);
    return () => clearInterval(timer);
  }, [step]);

  const go = () => {
    setSaid('');
    other.current = sendTo(address);
    setStep(other.current ? 'away' : 'blocked');
  };

  return (
    <div className="space-y-4">
      {step === 'blocked' && <Wrong>{t('providers.blocked')}</Wrong>}
      {said && <Wrong>{said}</Wrong>}
      <Button kind="primary" icon={<ExternalLink aria-hidden className="size-4" />} onClick={go}>
        {t('providers.goTo', { host: address.host })}
      </Button>
      {step === 'away' && <p role="status">{t('providers.waiting')}</p>}
      {(step === 'away' || step === 'gone') && <Pasted onTried={onTried} />}
    </div>
  );
}

/** For browsers and providers that let nobody look into the window: what it shows is pasted here. */
function Pasted({ onTried }: { onTried: (tried: Tried) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  return (
    <Labelled label={t('providers.paste')} hint={t('providers.pasteHint')}>
      {(id, describedBy) => (
        <textarea
          id={id}
          aria-describedby={describedBy}
          className="control font-mono text-xs"
          rows={3}
          spellCheck={false}
          value={text}
          onChange={(event) => {
            const next = event.target.value;
            setText(next);
            const outcome = readOutcome(next);
            if (outcome) {
              onTried(outcome);
            }
          }}
        />
      )}
    </Labelled>
  );
}

const TONES: Record<Tried['outcome'], Tone> = { known: 'good', new: 'info', refused: 'danger' };

/** What would have happened, why, and what the provider has said. */
function Outcome({ tried }: { tried: Tried }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const roles = useAll('/roles', {}, { enabled: can('roles:read') && tried.roles.length > 0, staleFor: 60_000 });
  const nameOf = (id: string) => roles.data?.find((role) => role.id === id)?.name ?? `…${id.slice(-6)}`;
  const claims = JSON.stringify(tried.claims, null, 2);
  return (
    <div className="space-y-4">
      <div role="status" className="space-y-1">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={TONES[tried.outcome]}>{t(`providers.outcomes.${tried.outcome}`)}</Badge>
          {t(`providers.outcomeHelp.${tried.outcome}`)}
        </p>
        {tried.reason && <p className="font-medium">{tried.reason}</p>}
      </div>
      <Facts
        items={[
          [t('providers.person'), tried.user_id ? <Person key="who" id={tried.user_id} /> : undefined],
          [t('providers.groupsThere'), tried.groups.join(', ') || undefined],
          [t('providers.rolesHere'), tried.roles.map(nameOf).join(', ') || undefined],
        ]}
      />
      {tried.claims !== null && (
        <div className="space-y-1.5">
          <h3 className="font-medium">{t('providers.claims')}</h3>
          <CodeText
            text={claims}
            label={t('providers.claims')}
            copyLabel={t('clients.copyOf', { name: t('providers.claims') })}
          />
        </div>
      )}
    </div>
  );
}
