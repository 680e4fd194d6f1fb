/** A new secret for a client: the old ones count for a while longer, and the new one is shown once. */
import { call, type Schemas } from '@tenantry/sdk';
import { useState } from 'react';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField } from '../../forms/fields';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Dialog } from '../../ui/dialog';
import { OVERLAPS } from '../shared/overlaps';
import { SecretDialog } from '../shared/secret';

/** The card. */
export function ClientSecret({ client }: { client: Schemas['ClientView'] }) {
  const { t } = useTranslation();
  const [isAsked, setAsked] = useState(false);
  const [secret, setSecret] = useState<string>();
  return (
    <Card title={t('clients.secret')}>
      <div className="space-y-3">
        <p className="text-ink-soft">{t('clients.rotateHelp')}</p>
        <Button onClick={() => setAsked(true)}>{t('clients.rotate')}</Button>
      </div>
      {isAsked && (
        <Dialog title={t('clients.rotateTitle', { name: client.name })} onClose={() => setAsked(false)}>
          <ApiForm
            defaultValues={{ overlap_seconds: '86400' }}
            labels={{ overlap_seconds: t('overlap.label') }}
            call={({ overlap_seconds }) =>
              call('post', '/oauth/clients/{client_id}/secret', {
                path: { client_id: client.id },
                body: { overlap_seconds: Number(overlap_seconds) },
              })
            }
            submitLabel={t('clients.rotate')}
            done={t('clients.rotated')}
            refresh={['/oauth/clients', '/audit/logs']}
            onDone={({ data }) => {
              setAsked(false);
              setSecret(data.client_secret ?? undefined);
            }}
          >
            <SelectField
              name="overlap_seconds"
              isRequired
              hint={t('overlap.hint')}
              options={OVERLAPS.map(([seconds, name]) => [seconds, t(`overlap.${name}`)])}
            />
          </ApiForm>
        </Dialog>
      )}
      {secret && (
        <SecretDialog
          title={t('clients.rotated')}
          label={t('clients.secret')}
          secret={secret}
          onClose={() => setSecret(undefined)}
        />
      )}
    </Card>
  );
}
