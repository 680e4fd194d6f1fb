/** The logo: shown as the pages show it, uploaded, removed. */
import { useQueryClient } from '@tanstack/react-query';
import { type Answer, call } from '@tenantry/sdk';
import { useState } from 'react';
import { invalidate, useAttempt } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { Wrong } from '../../ui/labelled';
import { toastSuccess } from '../../ui/toasts';
import { Refusal } from '../../ui/trouble';
import { FileButton } from '../shared/files';
import { type Branding, isLogo, LOGO_TYPES } from './model';
import { REFRESH } from './read';

/** The picture and its buttons. */
export function Logo({ answer }: { answer: Answer<Branding> }) {
  const { t } = useTranslation();
  const { can, slug, session } = useTenant();
  const cache = useQueryClient();
  const confirm = useConfirm();
  const uploading = useAttempt<Branding>();
  const [isWrong, setWrong] = useState(false);
  const { logo_url } = answer.data;
  const ifMatch = answer.etag;
  const upload = async (file: File) => {
    setWrong(!isLogo(file));
    if (isLogo(file) && (await uploading.run(call('put', '/config/branding/logo', { body: file, ifMatch })))) {
      toastSuccess(t('branding.logoSaved'));
      await invalidate(cache, slug, REFRESH);
    }
  };
  const remove = () =>
    confirm({
      title: t('branding.removeLogoTitle'),
      body: t('branding.removeLogoBody'),
      verb: t('branding.removeLogo'),
      call: call('delete', '/config/branding/logo', { ifMatch }),
      done: t('branding.logoRemoved'),
      refresh: REFRESH,
      isDanger: true,
    });
  return (
    <div className="space-y-4">
      {logo_url ? (
        <div className="flex h-24 items-center justify-center rounded-lg border border-line bg-white p-4">
          <img src={logo_url} alt={session.tenant.name} className="max-h-full max-w-full object-contain" />
        </div>
      ) : (
        <p className="text-ink-soft">{t('branding.noLogo')}</p>
      )}
      {isWrong && <Wrong>{t('branding.wrong.file')}</Wrong>}
      {!isWrong && uploading.error !== undefined && <Refusal error={uploading.error} />}
      {can('config:update') && (
        <div className="flex flex-wrap gap-2">
          <FileButton
            label={t('branding.chooseLogo')}
            accept={LOGO_TYPES.join(',')}
            isBusy={uploading.isBusy}
            onFile={(file) => void upload(file)}
          />
          {logo_url && <Button onClick={remove}>{t('branding.removeLogo')}</Button>}
        </div>
      )}
    </div>
  );
}
