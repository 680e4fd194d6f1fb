/** The fields of a scope; the forms of a new one and of a known one share them. */
import { useTranslation } from '../../app/translation';
import { CheckField, TextField } from '../../forms/fields';
import { useForm } from '../../forms/form-state';
import { CodeText } from '../../ui/curl';
import { ClaimsField } from './claims-field';
import { exampleOf, LANGUAGES, nameProblem, type ScopeValues, textProblem } from './model';

/** The labels of all fields. */
export function useScopeLabels() {
  const { t } = useTranslation();
  const [en, de, hi] = LANGUAGES.map(([, name]) => name);
  return {
    name: t('fields.name'),
    description: t('fields.description'),
    text_en: en ?? '',
    text_de: de ?? '',
    text_hi: hi ?? '',
    claims: t('scopes.claims'),
    in_id_token: t('scopes.inIdToken'),
  };
}

/** The fields. The name is chosen once. */
export function ScopeFields({ isNew }: { isNew?: boolean }) {
  const { t } = useTranslation();
  const values = useForm().values as ScopeValues;
  return (
    <>
      {isNew && (
        <TextField
          name="name"
          isRequired
          placeholder="orders:read"
          hint={t('scopes.nameHint')}
          validate={(text) => nameProblem(String(text), t)}
        />
      )}
      <TextField
        name="description"
        isRequired
        hint={t('scopes.descriptionHint')}
        validate={(text) => textProblem(String(text), t)}
      />
      <fieldset className="space-y-2" aria-describedby="texts-hint">
        <legend className="mb-1 font-medium">{t('scopes.texts')}</legend>
        <p id="texts-hint" className="text-[0.8125rem] text-ink-soft">
          {t('scopes.textsHint')}
        </p>
        <div className="grid gap-4 sm:grid-cols-3">
          {LANGUAGES.map(([tag]) => (
            <TextField
              key={tag}
              name={`text_${tag}`}
              placeholder={values.description}
              validate={(text) => textProblem(String(text ?? ''), t)}
            />
          ))}
        </div>
      </fieldset>
      <ClaimsField name="claims" />
      {values.claims.length > 0 && <CheckField name="in_id_token" hint={t('scopes.inIdTokenHint')} />}
      <Learned values={values} />
    </>
  );
}

/** What clients learn, as it stands in the form. */
function Learned({ values }: { values: ScopeValues }) {
  const { t } = useTranslation();
  const example = exampleOf(values);
  const isEmpty = Object.keys(example).length === 0;
  return (
    <div className="space-y-1.5">
      <h3 className="font-medium">{t('scopes.learns')}</h3>
      <p className="text-[0.8125rem] text-ink-soft">{t(isEmpty ? 'scopes.learnsNothing' : 'scopes.learnsHelp')}</p>
      {!isEmpty && (
        <CodeText
          text={JSON.stringify({ sub: '…', ...example }, null, 2)}
          label={t('scopes.learns')}
          copyLabel={t('clients.copyOf', { name: t('scopes.learns') })}
        />
      )}
    </div>
  );
}
