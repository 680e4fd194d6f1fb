/** How the hosted pages look: name, colours, letters, links, logo; with what they will look like. */
import { type Answer, call } from '@tenantry/sdk';
import { ExternalLink } from 'lucide-react';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { isColor } from '../../app/theme';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField, TextField } from '../../forms/fields';
import { useForm } from '../../forms/form-state';
import { Section, SettingsPage } from '../../templates/settings-page';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { useIssuer } from '../clients/issuer';
import { ColorField } from './color-field';
import { Logo } from './logo';
import {
  type Branding,
  type BrandingValues,
  COLORS,
  FONTS,
  fieldFor,
  LINKS,
  linkProblem,
  OWN,
  RANGES,
  rangeProblem,
  toBody,
  toValues,
} from './model';
import { Preview } from './preview';
import { READ, REFRESH } from './read';
import { Versions } from './versions';

/** The page. */
export function BrandingPage() {
  const { t } = useTranslation();
  const read = useRead(READ);
  const issuer = useIssuer().data?.issuer;
  return (
    <SettingsPage title={t('places.branding')} description={t('branding.help')}>
      <Section title={t('branding.look')} help={t('branding.lookHelp')}>
        {read.isPending && <Skeleton lines={8} />}
        {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
        {read.data && <BrandingForm answer={read.data} />}
      </Section>
      {read.data && (
        <>
          <Section title={t('branding.logo')} help={t('branding.logoHelp')}>
            <Logo answer={read.data} />
          </Section>
          <Section title={t('branding.versions')} help={t('branding.versionsHelp')}>
            <Versions etag={read.data.etag} />
          </Section>
        </>
      )}
      {issuer && (
        <p className="py-4">
          <a
            href={`${issuer}/account`}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-1.5 text-accent underline underline-offset-2"
          >
            <ExternalLink aria-hidden className="size-4" />
            {t('branding.open')}
          </a>
        </p>
      )}
    </SettingsPage>
  );
}

function useLabels() {
  const { t } = useTranslation();
  return {
    display_name: t('branding.displayName'),
    primary: t('branding.primary'),
    primary_dark: t('branding.primaryDark'),
    background: t('branding.background'),
    background_dark: t('branding.backgroundDark'),
    font: t('branding.font'),
    scale: t('branding.scale'),
    radius: t('branding.radius'),
    privacy: t('branding.privacy'),
    terms: t('branding.terms'),
    support: t('branding.support'),
  };
}

function BrandingForm({ answer }: { answer: Answer<Branding> }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  return (
    <ApiForm
      defaultValues={toValues(answer.data)}
      labels={useLabels()}
      call={(values, ifMatch) => call('put', '/config/branding', { body: toBody(values), ifMatch })}
      versioned={{ etag: answer.etag, read: READ, toValues }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={REFRESH}
      fieldFor={fieldFor}
      isDisabled={!can('config:update')}
    >
      <LookFields />
      <Preview logoUrl={answer.data.logo_url ?? undefined} />
      <LinkFields />
    </ApiForm>
  );
}

function LookFields() {
  const { t } = useTranslation();
  const { session } = useTenant();
  const values = useForm().values as BrandingValues;
  const owns = { ...OWN, ...(isColor(values.primary) && { primary_dark: values.primary }) };
  const hints = {
    primary: t('branding.primaryHint'),
    primary_dark: t('branding.primaryDarkHint'),
    background: t('branding.backgroundHint'),
    background_dark: t('branding.backgroundHint'),
  };
  return (
    <>
      <TextField
        name="display_name"
        hint={t('branding.displayNameHint', { name: session.tenant.name })}
        placeholder={session.tenant.name}
        validate={(text) => ([...String(text).trim()].length > 100 ? t('branding.wrong.long') : undefined)}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        {COLORS.map((name) => (
          <ColorField key={name} name={name} hint={hints[name]} own={owns[name]} />
        ))}
      </div>
      <div className="grid gap-5 sm:grid-cols-3">
        <SelectField
          name="font"
          isRequired
          options={Object.keys(FONTS).map((font) => [font, t(`branding.fonts.${font as keyof typeof FONTS}`)])}
        />
        {(['scale', 'radius'] as const).map((name) => (
          <TextField
            key={name}
            name={name}
            type="number"
            isRequired
            hint={t('branding.range', { least: RANGES[name][0], most: RANGES[name][1] })}
            validate={(text) => rangeProblem(String(text), name, t)}
          />
        ))}
      </div>
      <p className="text-[0.8125rem] text-ink-soft">{t('branding.fontHint')}</p>
    </>
  );
}

function LinkFields() {
  const { t } = useTranslation();
  return (
    <fieldset className="min-w-0 space-y-3">
      <legend className="mb-1.5 font-medium">{t('branding.links')}</legend>
      {LINKS.map((name) => (
        <TextField
          key={name}
          name={name}
          type="url"
          placeholder={name === 'support' ? 'mailto:help@example.com' : `https://example.com/${name}`}
          validate={(text) => linkProblem(String(text ?? ''), t)}
        />
      ))}
    </fieldset>
  );
}
