/** Saving the matrix: one call for each changed role, with its version; what was refused stays on the page and says why. */
import { useQueryClient } from '@tanstack/react-query';
import { type Answer, type Call, call, type Schemas } from '@tenantry/sdk';
import { useState } from 'react';
import { invalidate, isStatus, queryKey, reportTrouble } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { CurlButton } from '../../ui/curl';
import { toastSuccess } from '../../ui/toasts';
import { sentenceFor } from '../../ui/trouble';
import {
  type Column,
  type Edits,
  grantedWith,
  type Overtaken,
  overtaken,
  summaryOf,
  withoutRole,
} from './matrix-model';

type Role = Schemas['RoleView'];

/** The read of a role; the same as that of its own page. */
export const roleCall = (id: string) => call('get', '/roles/{role_id}', { path: { role_id: id } });

/** A role as a column. */
export function toColumn({ data, etag }: Answer<Role>): Column {
  return { ...data, granted: data.permissions ?? [], etag };
}

const saveCall = (edits: Edits, role: Column) =>
  call('put', '/roles/{role_id}', {
    path: { role_id: role.id },
    body: { permissions: grantedWith(edits, role) },
    ifMatch: role.etag,
  });

/** What became of an attempt to save. */
interface Outcome {
  failures: { role: string; reasons: string[] }[];
  overtaken: Overtaken[];
  /** Roles that somebody else changed, also where no cell differs. */
  stale: string[];
}

const NOTHING: Outcome = { failures: [], overtaken: [], stale: [] };

/** Saves the edits of all roles, one after the other. */
export function useMatrixSaving(edits: Edits, roles: readonly Column[], onEdits: (edits: Edits) => void) {
  const { t } = useTranslation();
  const { client, slug } = useTenant();
  const cache = useQueryClient();
  const [finished, setFinished] = useState<number>();
  const [outcome, setOutcome] = useState<Outcome>(NOTHING);
  const { roles: changed, cells } = summaryOf(edits, roles);

  const reread = async (role: Column): Promise<Column> => {
    const target = roleCall(role.id);
    const now = await client.send(target);
    cache.setQueryData(queryKey(slug, target as Call), now);
    return toColumn(now);
  };

  const refused = async (role: Column, error: unknown, to: Outcome) => {
    reportTrouble(error);
    if (isStatus(error, 412)) {
      to.stale.push(role.name);
      to.overtaken.push(...overtaken(edits, role, await reread(role)));
      return;
    }
    const details = (error as { errors?: readonly { detail: string }[] }).errors ?? [];
    to.failures.push({ role: role.name, reasons: [sentenceFor(error, t), ...details.map(({ detail }) => detail)] });
  };

  const save = async () => {
    const result: Outcome = { failures: [], overtaken: [], stale: [] };
    let left = edits;
    setOutcome(NOTHING);
    for (const [index, role] of changed.entries()) {
      setFinished(index);
      try {
        await client.send(saveCall(edits, role));
        await reread(role);
        left = withoutRole(left, role.id);
        onEdits(left);
      } catch (error) {
        await refused(role, error, result).catch((again) => {
          result.failures.push({ role: role.name, reasons: [sentenceFor(again, t)] });
        });
      }
    }
    setFinished(undefined);
    setOutcome(result);
    if (result.failures.length + result.stale.length === 0) {
      toastSuccess(t('matrix.saved', { count: changed.length }));
    }
    void invalidate(cache, slug, ['/audit/logs']);
  };

  const discard = () => {
    onEdits({});
    setOutcome(NOTHING);
  };
  return { save, discard, outcome, finished, changed, cells, isBusy: finished !== undefined };
}

/** The bar at the end of the page while something is changed. */
export function SaveBar({ saving, edits }: { saving: ReturnType<typeof useMatrixSaving>; edits: Edits }) {
  const { t } = useTranslation();
  const { changed, cells, isBusy, finished } = saving;
  const [first] = changed;
  if (!first) {
    return null;
  }
  return (
    <div className="sticky bottom-0 z-20 mt-3 flex flex-wrap items-center gap-2 rounded-lg border border-line bg-raised px-4 py-2.5 shadow-xl">
      <p role="status" className="mr-auto font-medium">
        {t('matrix.changes', { count: cells })} · {t('matrix.roles', { count: changed.length })}
      </p>
      {isBusy && (
        <progress
          className="w-24 accent-accent"
          value={finished}
          max={changed.length}
          aria-label={t('matrix.saving')}
        />
      )}
      <CurlButton isIcon target={() => saveCall(edits, first)} />
      <Button onClick={saving.discard} disabled={isBusy}>
        {t('form.discard')}
      </Button>
      <Button kind="primary" isBusy={isBusy} onClick={() => void saving.save()}>
        {t('common.save')}
      </Button>
    </div>
  );
}

/** What was not saved, and why. */
export function SaveTrouble({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation();
  const word = (extent: Overtaken['mine']) => t(`roles.extents.${extent === '' ? 'none' : extent}`);
  return (
    <>
      {outcome.failures.length > 0 && (
        <div role="alert" className="mb-3 rounded-md border border-danger bg-danger-soft px-3 py-2 text-danger">
          {outcome.failures.map(({ role, reasons }) => (
            <div key={role}>
              <p className="font-medium">{t('matrix.notSaved', { role })}</p>
              <ul className="list-inside list-disc">
                {[...new Set(reasons)].map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            </div>
          ))}
        </div>
      )}
      {outcome.stale.length > 0 && (
        <div role="alert" className="mb-3 space-y-2 rounded-md border border-warn bg-warn-soft px-3 py-2">
          <p className="font-semibold text-warn">{t('conflict.title')}</p>
          <p>{t('matrix.stale', { roles: outcome.stale.join(', ') })}</p>
          {outcome.overtaken.length > 0 && (
            <table className="w-full text-left">
              <caption className="sr-only">{t('conflict.title')}</caption>
              <thead className="text-[0.8125rem] text-ink-soft">
                <tr>
                  <th className="py-1 pr-3 font-medium">{t('fields.role_id')}</th>
                  <th className="py-1 pr-3 font-medium">{t('matrix.permission')}</th>
                  <th className="py-1 pr-3 font-medium">{t('conflict.theirs')}</th>
                  <th className="py-1 font-medium">{t('conflict.mine')}</th>
                </tr>
              </thead>
              <tbody>
                {outcome.overtaken.map(({ role, permission, theirs, mine }) => (
                  <tr key={`${role} ${permission}`} className="border-t border-line">
                    <td className="py-1 pr-3">{role}</td>
                    <th scope="row" className="py-1 pr-3 font-mono text-xs font-normal">
                      {permission}
                    </th>
                    <td className="py-1 pr-3">{word(theirs)}</td>
                    <td className="py-1">{word(mine)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </div>
      )}
    </>
  );
}
