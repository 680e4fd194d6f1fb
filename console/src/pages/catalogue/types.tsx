/** Types of resources with their attributes, about which policies ask. */
import { call, type Schemas } from '@tenantry/sdk';
import { useState } from 'react';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextField } from '../../forms/fields';
import { ListField } from '../../forms/list-field';
import { Dialog } from '../../ui/dialog';
import { attributeProblem, fromLines, toLines } from './attributes';
import { Words } from './words';

type Type = Schemas['ResourceTypeView'];

const REFRESH = ['/resource-types', '/audit/logs'] as const;
const NAME = /^[a-z][a-z0-9_]{0,49}$/;

/** The card. */
export function ResourceTypes() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const read = useRead(call('get', '/resource-types'));
  const [edited, setEdited] = useState<Type>();
  return (
    <>
      <Words
        title={t('catalogue.types')}
        help={t('catalogue.typesHelp')}
        read={read}
        items={read.data?.data}
        none={t('catalogue.noTypes')}
        more={(type) => (
          <>
            <span className="block font-mono text-xs break-words text-ink-soft">{toLines(type).join(', ') || '—'}</span>
            {!type.is_system && can('policies:update') && (
              <button
                type="button"
                className="text-[0.8125rem] text-accent hover:underline"
                onClick={() => setEdited(type)}
              >
                {t('catalogue.changeOf', { name: type.name })}
              </button>
            )}
          </>
        )}
        add={
          can('policies:create')
            ? { label: t('catalogue.addType'), form: (close) => <TypeForm onDone={close} /> }
            : undefined
        }
        remove={
          can('policies:delete')
            ? ({ id, name }) => ({
                label: t('catalogue.removeOf', { name }),
                confirmation: {
                  title: t('catalogue.removeTitle', { name }),
                  body: t('catalogue.removeTypeBody'),
                  verb: t('catalogue.remove'),
                  call: call('delete', '/resource-types/{type_id}', { path: { type_id: id } }),
                  done: t('catalogue.removed'),
                  refresh: REFRESH,
                  isDanger: true,
                  word: name,
                },
              })
            : undefined
        }
      />
      {edited && (
        <Dialog title={t('catalogue.changeOf', { name: edited.name })} onClose={() => setEdited(undefined)}>
          <TypeForm type={edited} onDone={() => setEdited(undefined)} />
        </Dialog>
      )}
    </>
  );
}

function TypeForm({ type, onDone }: { type?: Type; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <ApiForm
      defaultValues={{
        name: type?.name ?? '',
        description: type?.description ?? '',
        attributes: type ? toLines(type) : [''],
      }}
      labels={{
        ...(type ? {} : { name: t('fields.name') }),
        description: t('fields.description'),
        attributes: t('catalogue.attributes'),
      }}
      call={(values) => {
        const { name, description } = values;
        const body = { description: description || null, attributes: fromLines(values.attributes) };
        return type?.id
          ? call('put', '/resource-types/{type_id}', { path: { type_id: type.id }, body })
          : call('post', '/resource-types', { body: { name: name.trim(), ...body } });
      }}
      submitLabel={type ? t('common.save') : t('catalogue.addType')}
      done={t('common.saved')}
      refresh={REFRESH}
      onDone={onDone}
    >
      {!type && (
        <TextField
          name="name"
          isRequired
          placeholder="booking"
          hint={t('catalogue.typeHint')}
          validate={(value) => (NAME.test(String(value).trim()) ? undefined : t('catalogue.typeWrong'))}
        />
      )}
      <TextField name="description" />
      <ListField
        name="attributes"
        placeholder="scheduled_time: datetime"
        hint={t('catalogue.attributesHint')}
        addLabel={t('catalogue.addAttribute')}
        check={(line) => attributeProblem(line, t)}
      />
    </ApiForm>
  );
}
