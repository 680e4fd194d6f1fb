/**
 * What signing in asks for besides the password, and what replaces it: an authenticator app, codes that are sent, backup codes, passkeys,
 * accounts that others keep, devices that stand for it.
 */
import type { Schemas } from '@tenantry/sdk';
import { useState } from 'react';
import { useRead } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { Section } from '../../templates/settings-page';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import type { SentBy } from '../shared/send-code';
import { Authenticator } from './authenticator';
import { BackupCodes, BackupCodesDialog } from './backup-codes';
import { OwnDevices } from './devices';
import { LinkedAccounts } from './linked-accounts';
import { Passkeys } from './passkeys';
import { ProofProvider, READ_FACTORS } from './proof';
import { SentCodes } from './sent-codes';

const SENT: readonly SentBy[] = ['email', 'sms'];

/** What the organisation allows, and what one has. */
function isOffered(by: SentBy, { allowed_methods, methods }: Schemas['MfaView']): boolean {
  return allowed_methods.includes(by) || methods.some(({ type }) => type === by);
}

/** Four sections of the account's page. */
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
            {SENT.filter((by) => isOffered(by, factors)).map((by) => (
              <SentCodes key={by} by={by} methods={factors.methods} onCodes={setCodes} />
            ))}
            {factors.mfa_enabled && <BackupCodes left={factors.backup_codes_left} onCodes={setCodes} />}
          </div>
        )}
      </Section>
      <Section title={t('passkeys.title')} help={t('passkeys.help')}>
        <Passkeys onCodes={setCodes} />
      </Section>
      <Section title={t('linked.title')} help={t('linked.help')}>
        <LinkedAccounts />
      </Section>
      <Section title={t('devices.title')} help={t('devices.help')}>
        <OwnDevices mayTrust={factors?.mfa_enabled ?? false} />
      </Section>
      {codes.length > 0 && <BackupCodesDialog codes={codes} onClose={() => setCodes([])} />}
    </ProofProvider>
  );
}
