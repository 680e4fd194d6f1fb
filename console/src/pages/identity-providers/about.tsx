/** What is shown beside an identity provider: what to register there, and what is known of it. */
import { useTranslation } from '../../app/translation';
import { Card, Facts } from '../../ui/card';
import { CopyButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { Person } from '../shared/person';
import type { IdentityProvider } from './model';

/** What has to be done on the other side. */
export function RegisterCard({ provider }: { provider: IdentityProvider }) {
  const { t } = useTranslation();
  return (
    <Card title={t('providers.there')}>
      <div className="space-y-3">
        <div>
          <p className="text-ink-soft">{t('providers.callback')}</p>
          <p className="flex items-center gap-1">
            <code className="min-w-0 font-mono text-xs break-all">{provider.callback_url}</code>
            <CopyButton text={provider.callback_url} label={t('clients.copyOf', { name: t('providers.callback') })} />
          </p>
        </div>
        <ol className="list-outside list-decimal space-y-1 pl-4 text-[0.8125rem] text-ink-soft">
          {(['first', 'second', 'third'] as const).map((step) => (
            <li key={step}>{t(`providers.steps.${provider.type}.${step}`)}</li>
          ))}
        </ol>
      </div>
    </Card>
  );
}

/** What is known of it. Who made it is told where those people are known. */
export function ProviderFacts({ provider, isForeign }: { provider: IdentityProvider; isForeign?: boolean }) {
  const { t } = useTranslation();
  return (
    <Card title={t('detail.facts')}>
      <Facts
        items={[
          [t('fields.kind'), t(`providers.kinds.${provider.type}`)],
          [
            t('fields.slug'),
            <code key="slug" className="font-mono text-xs">
              {provider.slug}
            </code>,
          ],
          [
            t('clients.issuer'),
            <code key="issuer" className="font-mono text-xs break-all">
              {provider.issuer}
            </code>,
          ],
          [t('fields.created_at'), <Time key="created" at={provider.created_at} isFull />],
          ...(isForeign ? [] : [[t('fields.created_by'), <Person key="by" id={provider.created_by} />] as const]),
          [t('fields.updated_at'), <Time key="updated" at={provider.updated_at} isFull />],
        ]}
      />
    </Card>
  );
}
