/** Assigning a policy: to a role, a group, or one user. */
import { call, type Schemas } from '@tenantry/sdk';
import { useAll } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField } from '../../forms/fields';
import { useForm } from '../../forms/form-state';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { PersonField } from '../shared/person-picker';
import { REFRESH } from './assignments';

type Policy = Schemas['PolicyView'];
type Assignment = Schemas['AssignmentView'];

/** The form in the dialog. */
export default function AssignForm({ policy, onDone }: { policy: Policy; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <ApiForm
      defaultValues={{ assignee_type: 'role', role: '', group: '', user: '' }}
      labels={{
        assignee_type: t('fields.kind'),
        role: t('policies.assignees.role'),
        group: t('policies.assignees.group'),
        user: t('policies.assignees.user'),
      }}
      call={({ assignee_type, ...ids }) =>
        call('post', '/policies/{policy_id}/assignments', {
          path: { policy_id: policy.id },
          body: {
            assignee_type: assignee_type as Assignment['assignee_type'],
            assignee_id: ids[assignee_type as 'role'],
          },
        })
      }
      submitLabel={t('policies.assign')}
      done={t('common.saved')}
      refresh={REFRESH}
      onDone={onDone}
    >
      <SelectField
        name="assignee_type"
        isRequired
        options={(['role', 'group', 'user'] as const).map((type) => [type, t(`policies.assignees.${type}`)])}
      />
      <Assignee />
    </ApiForm>
  );
}

function Assignee() {
  const { t } = useTranslation();
  const { assignee_type } = useForm().values;
  if (assignee_type === 'user') {
    return <PersonField name="user" label={t('policies.assignees.user')} />;
  }
  return assignee_type === 'role' ? <Choice name="role" path="/roles" /> : <Choice name="group" path="/groups" />;
}

function Choice({ name, path }: { name: string; path: '/roles' | '/groups' }) {
  const { t } = useTranslation();
  const read = useAll(path);
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  if (!read.data) {
    return <Skeleton lines={1} />;
  }
  const things = read.data as readonly { id: string; name: string }[];
  return (
    <SelectField
      name={name}
      isRequired
      options={[['', t('common.choose')], ...things.map(({ id, name }) => [id, name] as const)]}
    />
  );
}
