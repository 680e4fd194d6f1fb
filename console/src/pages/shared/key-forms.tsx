/** The forms of API keys: issuing one, replacing one. */
import { call } from '@tenantry/sdk';
import { useState } from 'react';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField, TextField } from '../../forms/fields';
import { REFRESH } from './key-refresh';
import { OVERLAPS } from './overlaps';
import { ScopeField } from './scope-field';

const DAYS = ['7', '30', '90', '180', '365'] as const;
const DAY = 86_400_000;

interface IssueFormProps {
  /** The service account whose key it is to be; without one, the caller. */
  account?: { id: string; name: string };
  onDone: (key: string) => void;
}

/** A new key: what it is for, for how long, and what it may do. */
export function IssueForm({ account, onDone }: IssueFormProps) {
  const { t } = useTranslation();
  const [opened] = useState(() => Date.now());
  return (
    <ApiForm
      defaultValues={{ name: '', expires_at: '90', scopes: [] as string[] }}
      labels={{ name: t('fields.name'), expires_at: t('apiKeys.life'), scopes: t('apiKeys.scopes') }}
      call={({ name, expires_at, scopes }) =>
        call('post', '/api-keys', {
          body: {
            name,
            service_account_id: account?.id ?? null,
            scopes,
            expires_at: new Date(opened + Number(expires_at) * DAY).toISOString(),
          },
        })
      }
      submitLabel={t('apiKeys.create')}
      done={t('apiKeys.created')}
      refresh={REFRESH}
      onDone={({ data }) => onDone(data.key)}
    >
      <p className="text-ink-soft">{account ? t('apiKeys.ofAccount', { name: account.name }) : t('apiKeys.ofYours')}</p>
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField name="name" isRequired hint={t('apiKeys.nameHint')} />
        <SelectField name="expires_at" isRequired options={DAYS.map((days) => [days, t('apiKeys.days', { days })])} />
      </div>
      <ScopeField name="scopes" />
    </ApiForm>
  );
}

/** What takes a key's place; the old one stays good for a while. */
export function RotateForm({ id, onDone }: { id: string; onDone: (key: string) => void }) {
  const { t } = useTranslation();
  return (
    <ApiForm
      defaultValues={{ overlap_seconds: '86400' }}
      labels={{ overlap_seconds: t('overlap.label') }}
      call={({ overlap_seconds }) =>
        call('post', '/api-keys/{api_key_id}/rotate', {
          path: { api_key_id: id },
          body: { overlap_seconds: Number(overlap_seconds) },
        })
      }
      submitLabel={t('apiKeys.rotate')}
      done={t('apiKeys.rotated')}
      refresh={REFRESH}
      onDone={({ data }) => onDone(data.key)}
    >
      <SelectField
        name="overlap_seconds"
        isRequired
        hint={t('overlap.hint')}
        options={OVERLAPS.map(([seconds, name]) => [seconds, t(`overlap.${name}`)])}
      />
    </ApiForm>
  );
}
