/** What signing in asks for besides the password, and what replaces it: an authenticator app, backup codes, passkeys. */
import { useState } from 'react';
import { useRead } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { Section } from '../../templates/settings-page';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { Authenticator } from './authenticator';
import { BackupCodes, BackupCodesDialog } from './backup-codes';
import { Passkeys } from './passkeys';
import { ProofProvider, READ_FACTORS } from './proof';

/** Two sections of the account's page. */
export default function SecondFactors() {
  const { t } = useTranslation();
  const read = useRead(READ_FACTORS);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const factors = read.data?.data;
  return (
    <ProofProvider>
      <Section title={t('mfa.title')} help={t('mfa.help')}>
        {read.isPending && <Skeleton lines={3} />}
        {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
        {factors && (
          <div className="divide-y divide-line rounded-lg border border-line bg-surface">
            <Authenticator methods={factors.methods} onCodes={setCodes} />
            {factors.mfa_enabled && <BackupCodes left={factors.backup_codes_left} onCodes={setCodes} />}
          </div>
        )}
      </Section>
      <Section title={t('passkeys.title')} help={t('passkeys.help')}>
        <Passkeys onCodes={setCodes} />
      </Section>
      {codes.length > 0 && <BackupCodesDialog codes={codes} onClose={() => setCodes([])} />}
    </ProofProvider>
  );
}
