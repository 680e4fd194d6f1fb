/** A tenant's domains on its page, for operators. */
import { call, type Schemas } from '@tenantry/sdk';
import { Ellipsis, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTenant } from '../../../app/tenant';
import { useTranslation } from '../../../app/translation';
import { ApiForm } from '../../../forms/api-form';
import { CheckField, TextField } from '../../../forms/fields';
import { Badge } from '../../../ui/badge';
import { Button, IconButton } from '../../../ui/button';
import { Card } from '../../../ui/card';
import { type Confirmation, useConfirm } from '../../../ui/confirm';
import { Dialog } from '../../../ui/dialog';
import { Menu, MenuItem } from '../../../ui/menu';
import { type Domain, EMPTY, explain, nameProblem, REFRESH, toChange, toNewBody, type Verb, verbsOf } from './model';

type Tenant = Pick<Schemas['TenantView'], 'id' | 'name' | 'status' | 'domains'>;

/** The card. */
export function TenantDomains({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const [isAdding, setAdding] = useState(false);
  const domains = tenant.domains ?? [];
  const mayChange = can('tenants:update') && tenant.status !== 'deleted';
  return (
    <Card
      title={t('tenants.domains')}
      description={t('domains.help', { name: tenant.name })}
      isFlush
      actions={
        mayChange && (
          <Button size="small" icon={<Plus aria-hidden className="size-4" />} onClick={() => setAdding(true)}>
            {t('domains.add')}
          </Button>
        )
      }
    >
      {domains.length === 0 && <p className="p-4 text-ink-soft">{t('tenants.noDomains')}</p>}
      {domains.length > 0 && (
        <ul className="divide-y divide-line">
          {domains.map((domain) => (
            <li key={domain.domain} className="flex items-center gap-2 px-4 py-2.5">
              <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
                <div className="min-w-0 flex-1 basis-48">
                  <p className="font-medium break-words">{domain.domain}</p>
                  {mayChange && domain.is_issuer && (
                    <p className="text-[0.8125rem] text-ink-soft">{t('domains.issuerHint')}</p>
                  )}
                </div>
                <DomainBadges domain={domain} />
              </div>
              {mayChange && <DomainMenu tenant={tenant.id} domain={domain} />}
            </li>
          ))}
        </ul>
      )}
      {isAdding && (
        <Dialog title={t('domains.add')} onClose={() => setAdding(false)}>
          <DomainForm tenant={tenant.id} known={domains} onDone={() => setAdding(false)} />
        </Dialog>
      )}
    </Card>
  );
}

function DomainBadges({ domain: { is_verified, is_primary, is_issuer } }: { domain: Domain }) {
  const { t } = useTranslation();
  return (
    <span className="flex flex-wrap gap-1">
      {is_issuer && <Badge tone="info">{t('domains.issuer')}</Badge>}
      {is_primary && <Badge>{t('domains.primary')}</Badge>}
      <Badge tone={is_verified ? 'good' : 'warn'}>{t(is_verified ? 'tenants.verified' : 'tenants.unverified')}</Badge>
    </span>
  );
}

/** What can be done with one; everything asks first. */
function DomainMenu({ tenant, domain }: { tenant: string; domain: Domain }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const label = t('domains.actionsFor', { domain: domain.domain });
  const ask = useQuestion(tenant, domain.domain);
  return (
    <Menu label={label} trigger={<IconButton label={label} icon={<Ellipsis aria-hidden className="size-4" />} />}>
      {verbsOf(domain).map((verb) => (
        <MenuItem key={verb} isDanger={verb === 'remove'} onSelect={() => confirm(ask(verb))}>
          {t(`domains.${verb}`)}
        </MenuItem>
      ))}
    </Menu>
  );
}

/** What is asked before something is done. A move holds others up, and so does a name that is gone: both want it typed. */
function useQuestion(tenant: string, domain: string): (verb: Verb) => Confirmation {
  const { t } = useTranslation();
  const change = '/tenants/{tenant_id}/domains';
  return (verb) => {
    const isMove = verb === 'move' || verb === 'leave';
    const isGrave = isMove || verb === 'remove';
    return {
      title: t(`domains.${verb}Title`, { domain }),
      body: t(`domains.${verb}Body`, { domain }),
      points: isMove
        ? [t('domains.moveClients'), t('domains.moveProviders'), t('domains.movePasskeys'), t('domains.moveTokens')]
        : undefined,
      verb: t(`domains.${verb}`),
      call:
        verb === 'remove'
          ? call('delete', `${change}/{domain}`, { path: { tenant_id: tenant, domain } })
          : call('put', change, { path: { tenant_id: tenant }, body: toChange(domain, verb) }),
      done: t(verb === 'remove' ? 'domains.removed' : 'common.saved'),
      refresh: REFRESH,
      isDanger: isGrave,
      word: isGrave ? domain : undefined,
      explain: (error) => explain(error, t),
    };
  };
}

interface DomainFormProps {
  tenant: string;
  known: readonly Domain[];
  onDone: () => void;
}

function DomainForm({ tenant, known, onDone }: DomainFormProps) {
  const { t } = useTranslation();
  return (
    <ApiForm
      defaultValues={EMPTY}
      labels={{
        domain: t('fields.domain'),
        is_verified: t('tenants.domainVerified'),
        is_primary: t('domains.primaryField'),
      }}
      call={(values) =>
        call('put', '/tenants/{tenant_id}/domains', { path: { tenant_id: tenant }, body: toNewBody(values) })
      }
      submitLabel={t('domains.add')}
      done={t('domains.added')}
      refresh={REFRESH}
      onDone={onDone}
    >
      <TextField
        name="domain"
        isRequired
        placeholder="login.example.com"
        hint={t('domains.nameHint')}
        validate={(text) => nameProblem(String(text), known, t)}
      />
      <CheckField name="is_verified" hint={t('domains.vouchHint')} />
      <CheckField name="is_primary" hint={t('domains.primaryHint')} />
    </ApiForm>
  );
}
