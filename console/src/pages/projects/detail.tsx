/** One project: its form, its facts, what happened to it. */
import { useParams } from '@tanstack/react-router';
import { type Answer, call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { holds } from '../../app/session';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField, TextArea, TextField } from '../../forms/fields';
import { DetailPage } from '../../templates/detail-page';
import { Badge, toneOf } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { CurlButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { useGo } from '../../ui/link';
import { History } from '../shared/history';
import { Person } from '../shared/person';
import { PROJECT_STATES } from './states';

type Project = Schemas['ProjectView'];

const toValues = ({ name, description, status }: Project) => ({ name, description: description ?? '', status });

/** The page. */
export function ProjectDetail() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false });
  const target = call('get', '/projects/{project_id}', { path: { project_id: id as string } });
  const read = useRead(target);
  return (
    <DetailPage
      read={read}
      back={{ to: '/projects', label: t('places.projects') }}
      title={({ name }) => name}
      badge={({ status }) => <Badge tone={toneOf(status)}>{t(`projects.states.${status}`)}</Badge>}
      actions={(project) => (
        <>
          <CurlButton isIcon target={() => target} />
          <DeleteButton project={project} />
        </>
      )}
      aside={(project) => (
        <Card title={t('detail.facts')}>
          <Facts
            items={[
              [t('fields.owner_id'), <Person key="owner" id={project.owner_id} />],
              [t('fields.created_at'), <Time key="created" at={project.created_at} isFull />],
              [t('fields.updated_at'), <Time key="updated" at={project.updated_at} isFull />],
              [
                t('fields.id'),
                <code key="id" className="font-mono text-xs">
                  {project.id}
                </code>,
              ],
            ]}
          />
        </Card>
      )}
    >
      {(project, answer) => (
        <>
          <Card title={t('projects.about')}>
            <ProjectForm project={project} answer={answer} />
          </Card>
          <History type="project" id={project.id} />
        </>
      )}
    </DetailPage>
  );
}

/** Whether the user may do something with this very project. */
function useMay(project: Project): (permission: string) => boolean {
  const { session } = useTenant();
  const isOwn = project.owner_id === session.user.id;
  return (permission) => session.permissions.includes(permission) || (isOwn && holds(session, permission));
}

function ProjectForm({ project, answer }: { project: Project; answer: Answer<Project> }) {
  const { t } = useTranslation();
  const path = { project_id: project.id };
  const may = useMay(project);
  return (
    <ApiForm
      key={project.id}
      defaultValues={toValues(project)}
      labels={{ name: t('fields.name'), status: t('fields.status'), description: t('fields.description') }}
      call={(values, ifMatch) =>
        call('put', '/projects/{project_id}', {
          path,
          body: { ...values, description: values.description || null },
          ifMatch,
        })
      }
      versioned={{ etag: answer.etag, read: call('get', '/projects/{project_id}', { path }), toValues }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={['/projects', '/audit/logs']}
      isDisabled={!may('projects:update')}
    >
      <TextField name="name" isRequired hint={t('projects.nameHint')} />
      <SelectField
        name="status"
        isRequired
        options={PROJECT_STATES.map((state) => [state, t(`projects.states.${state}`)])}
      />
      <TextArea name="description" />
    </ApiForm>
  );
}

function DeleteButton({ project }: { project: Project }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const go = useGo();
  const may = useMay(project);
  if (!may('projects:delete')) {
    return null;
  }
  return (
    <Button
      onClick={() =>
        confirm({
          title: t('projects.deleteTitle', { name: project.name }),
          body: t('projects.deleteBody'),
          verb: t('projects.delete'),
          call: call('delete', '/projects/{project_id}', { path: { project_id: project.id } }),
          done: t('projects.deleted'),
          refresh: ['/projects'],
          isDanger: true,
          word: project.name,
          onDone: () => go('/projects', { isForced: true }),
        })
      }
    >
      {t('projects.delete')}
    </Button>
  );
}
