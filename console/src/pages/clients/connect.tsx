/** How an application is connected: the addresses to configure, and programs to begin with. */
import { useTranslation } from '../../app/translation';
import { Card } from '../../ui/card';
import { CodeText, CopyButton } from '../../ui/curl';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { discoveryOf, useIssuer } from './issuer';
import type { Client } from './model';
import { curlSample, nodeSample } from './samples';

/** The card. */
export function ConnectCard({ client }: { client: Client }) {
  const { t } = useTranslation();
  const read = useIssuer();
  const issuer = read.data;
  return (
    <Card title={t('clients.connect')} description={t('clients.connectHelp')}>
      {read.isPending && <Skeleton lines={4} />}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {issuer && (
        <div className="space-y-5">
          <dl className="space-y-3">
            <Copied name={t('clients.issuer')} value={issuer.issuer} />
            <Copied name={t('clients.discovery')} value={discoveryOf(issuer.issuer)} />
            <Copied name={t('clients.clientId')} value={client.id} />
          </dl>
          <Sample title={t('clients.node')} text={nodeSample(client, issuer)} />
          <Sample title="curl" text={curlSample(client, issuer)} />
        </div>
      )}
    </Card>
  );
}

function Copied({ name, value }: { name: string; value: string }) {
  const { t } = useTranslation();
  return (
    <div>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="flex items-center gap-1">
        <code className="min-w-0 font-mono text-xs break-all">{value}</code>
        <CopyButton text={value} label={t('clients.copyOf', { name })} />
      </dd>
    </div>
  );
}

function Sample({ title, text }: { title: string; text: string }) {
  const { t } = useTranslation();
  return (
    <div className="space-y-1.5">
      <h3 className="font-medium">{title}</h3>
      <CodeText text={text} label={title} copyLabel={t('clients.copyOf', { name: title })} />
    </div>
  );
}
