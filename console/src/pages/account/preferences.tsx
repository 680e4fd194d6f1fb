/** How the console looks in this browser. Kept here and not on the server; there is nothing to save. */
import { Check } from 'lucide-react';
import { LANGUAGES, wantedLanguage } from '../../app/i18n';
import { setPreferences, type ThemeChoice, usePreferences } from '../../app/preferences';
import { useTenant } from '../../app/tenant';
import { ACCENTS, accentOf, accentTokens, contrast, isColor } from '../../app/theme';
import { useTranslation } from '../../app/translation';
import { Section, SettingsPage } from '../../templates/settings-page';
import { Button } from '../../ui/button';

/** The page. */
export function PreferencesPage() {
  const { t } = useTranslation();
  const { theme } = usePreferences();
  return (
    <SettingsPage title={t('places.preferences')} description={t('preferences.help')}>
      <Section title={t('theme.title')} help={t('theme.help')}>
        <Choice
          label={t('theme.title')}
          value={theme}
          options={(['system', 'light', 'dark'] as const).map((choice) => [choice, t(`theme.${choice}`)])}
          onChange={(choice) => setPreferences({ theme: choice as ThemeChoice })}
        />
      </Section>
      <Section title={t('preferences.language')} help={t('preferences.languageHelp')}>
        <Choice
          label={t('preferences.language')}
          value={wantedLanguage()}
          options={Object.entries(LANGUAGES)}
          onChange={(language) => setPreferences({ language })}
        />
      </Section>
      <Section title={t('preferences.accent')} help={t('preferences.accentHelp')}>
        <Accent />
      </Section>
    </SettingsPage>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <fieldset className="flex flex-wrap gap-2">
      <legend className="sr-only">{label}</legend>
      {options.map(([key, text]) => (
        <label
          key={key}
          className="flex cursor-pointer items-center gap-2 rounded-md border border-line-strong bg-surface px-3 py-2 has-checked:border-accent has-checked:bg-sunken"
        >
          <input
            type="radio"
            name={label}
            className="accent-accent"
            checked={value === key}
            onChange={() => onChange(key)}
          />
          {text}
        </label>
      ))}
    </fieldset>
  );
}

function Accent() {
  const { t } = useTranslation();
  const { slug } = useTenant();
  const { accents } = usePreferences();
  const color = accentOf(slug);
  const tokens = accentTokens(color);
  const set = (next: string) => setPreferences({ accents: { ...accents, [slug]: next } });
  const reset = () => {
    const { [slug]: _, ...others } = accents;
    setPreferences({ accents: others });
  };
  const ratio = Math.min(contrast(tokens.light, '#ffffff'), contrast(tokens.light, tokens.onLight));
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center gap-2">
        {ACCENTS.map((accent) => (
          <Swatch key={accent} color={accent} isChosen={accent === color} onChoose={() => set(accent)} />
        ))}
        <label className="flex items-center gap-2">
          <span className="sr-only">{t('preferences.ownColor')}</span>
          <input
            type="color"
            aria-label={t('preferences.ownColor')}
            className="size-9 cursor-pointer rounded-md border border-line-strong bg-surface p-1"
            value={color}
            onChange={(event) => isColor(event.target.value) && set(event.target.value)}
          />
        </label>
        <Button kind="quiet" onClick={reset}>
          {t('preferences.resetAccent')}
        </Button>
      </div>
      <p role="status" className="text-[0.8125rem] text-ink-soft">
        {t(tokens.isAdjusted ? 'preferences.adjusted' : 'preferences.readable', { ratio: ratio.toFixed(1) })}
      </p>
      <div className="flex flex-wrap items-center gap-3 rounded-lg border border-line bg-surface p-4">
        <Button kind="primary">{t('preferences.example')}</Button>
        <span className="text-accent underline underline-offset-2">{t('preferences.exampleLink')}</span>
      </div>
    </div>
  );
}

function Swatch({ color, isChosen, onChoose }: { color: string; isChosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      aria-label={t('preferences.useColor', { color })}
      onClick={onChoose}
      style={{ backgroundColor: color }}
      className="flex size-9 items-center justify-center rounded-md text-white"
    >
      {isChosen && <Check aria-hidden className="size-4" />}
    </button>
  );
}
