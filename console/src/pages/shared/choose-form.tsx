/** A form that chooses one of a complete list: a role to give, a group to put inside. */
import type { Call, ItemOf, ListPath } from '@tenantry/sdk';
import { useAll } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField, TextField } from '../../forms/fields';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';

/** A list whose items can be told apart by name. */
type NamedPath = { [P in ListPath]: ItemOf<P> extends { id: string; name: string } ? P : never }[ListPath];

interface ChooseFormProps {
  path: NamedPath;
  /** The body's field for the chosen id. */
  field: 'role_id' | 'group_id';
  label: string;
  /** Ids that are not offered. */
  without: readonly string[];
  /** What to say when nothing is left. */
  none: string;
  /** The choice may end by itself. */
  mayExpire?: boolean;
  call: (id: string, expiresAt: string | null) => Call;
  submitLabel: string;
  refresh: readonly string[];
  onDone: () => void;
}

/** The form. */
export function ChooseForm(props: ChooseFormProps) {
  const { t } = useTranslation();
  const read = useAll(props.path);
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  if (!read.data) {
    return <Skeleton lines={2} />;
  }
  const free = (read.data as { id: string; name: string }[]).filter(({ id }) => !props.without.includes(id));
  if (free.length === 0) {
    return <p>{props.none}</p>;
  }
  return (
    <ApiForm
      defaultValues={{ [props.field]: free[0]?.id ?? '', expires_at: '' }}
      labels={{ [props.field]: props.label, ...(props.mayExpire && { expires_at: t('fields.expires_at') }) }}
      call={(values) => {
        const until = values.expires_at;
        return props.call(values[props.field] ?? '', until ? new Date(until).toISOString() : null);
      }}
      submitLabel={props.submitLabel}
      done={t('common.saved')}
      refresh={props.refresh}
      onDone={props.onDone}
    >
      <SelectField name={props.field} isRequired options={free.map(({ id, name }) => [id, name])} />
      {props.mayExpire && <TextField name="expires_at" type="datetime-local" hint={t('members.untilHint')} />}
    </ApiForm>
  );
}
