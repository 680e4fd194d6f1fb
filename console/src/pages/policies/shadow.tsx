/** The way from the editor to shadow evaluation, which is loaded when it is wanted. */
import type { Schemas } from '@tenantry/sdk';
import { lazy, Suspense, useState } from 'react';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { useForm } from '../../forms/form-state';
import { Button } from '../../ui/button';
import { type PolicyValues, toBody } from './document';

const ShadowDialog = lazy(() => import('./shadow-dialog'));

type Policy = Schemas['PolicyView'];

/** The button below the editor; it tries what is typed, saved or not. */
export function ShadowButton({ policy }: { policy?: Policy }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const values = useForm().values as PolicyValues;
  const [draft, setDraft] = useState<Schemas['NewPolicy']>();
  if (!can('access:simulate')) {
    return null;
  }
  return (
    <div>
      <Button onClick={() => setDraft({ ...toBody(values), name: values.name || 'draft', is_enabled: true })}>
        {t('policies.shadow')}
      </Button>
      <Suspense>{draft && <ShadowDialog policy={policy} draft={draft} onClose={() => setDraft(undefined)} />}</Suspense>
    </div>
  );
}
