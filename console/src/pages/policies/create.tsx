/** A new policy, from nothing or from an example. */
import { call } from '@tenantry/sdk';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { useListSearch } from '../../templates/list-search';
import { Section, SettingsPage } from '../../templates/settings-page';
import { classes } from '../../ui/classes';
import { useGo } from '../../ui/link';
import { EMPTY, policyField, toBody } from './document';
import { EXAMPLES, exampleOf } from './examples';
import { PolicyFields, usePolicyLabels } from './fields';
import { ShadowButton } from './shadow';

/** The page. */
export function PolicyCreate() {
  const { t } = useTranslation();
  const go = useGo();
  const { search } = useListSearch();
  const example = exampleOf(search.example);
  return (
    <SettingsPage
      title={t('policies.create')}
      description={t('policies.createHelp')}
      back={{ to: '/policies', label: t('places.policies') }}
    >
      <Section title={t('policies.examples.title')} help={t('policies.examples.help')}>
        <Examples chosen={example?.id} />
      </Section>
      <Section title={t('policies.one')} help={t('policies.oneHelp')}>
        <ApiForm
          key={example?.id ?? ''}
          defaultValues={example?.values ?? EMPTY}
          labels={usePolicyLabels()}
          call={(values) => call('post', '/policies', { body: toBody(values) })}
          fieldFor={policyField}
          submitLabel={t('policies.create')}
          done={t('policies.created')}
          refresh={['/policies']}
          onDone={({ data }) => go(`/policies/${data.id}`, { isForced: true })}
        >
          <PolicyFields hasState />
          <ShadowButton />
        </ApiForm>
      </Section>
    </SettingsPage>
  );
}

function Examples({ chosen }: { chosen: string | undefined }) {
  const { t } = useTranslation();
  const { change } = useListSearch();
  return (
    <ul className="grid gap-2 sm:grid-cols-2">
      {EXAMPLES.map(({ id, values }) => (
        <li key={id}>
          <button
            type="button"
            aria-pressed={chosen === id}
            className={classes(
              'flex h-full w-full flex-col items-start rounded-md border px-3 py-2 text-left hover:bg-sunken',
              chosen === id ? 'border-accent bg-sunken' : 'border-line',
            )}
            onClick={() => change({ example: chosen === id ? undefined : id })}
          >
            <span className="block font-medium">{t(`policies.examples.${id}`)}</span>
            <span className="text-xs text-ink-soft">{values.kind === 'cedar' ? 'Cedar' : 'JSON'}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
