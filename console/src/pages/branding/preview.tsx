/** What the sign-in page looks like with what stands in the form, in both themes, and whether its texts can be read. */
import type { CSSProperties } from 'react';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { useForm } from '../../forms/form-state';
import { Badge } from '../../ui/badge';
import { type BrandingValues, contrastsOf, FONTS, LINKS, rangeProblem, type Shades, shadesOf } from './model';

const THEMES = ['light', 'dark'] as const;

/** Both pictures and their contrasts. */
export function Preview({ logoUrl }: { logoUrl: string | undefined }) {
  const { t } = useTranslation();
  const values = useForm().values as BrandingValues;
  return (
    <section aria-labelledby="preview" className="space-y-3">
      <h3 id="preview" className="font-medium">
        {t('branding.preview')}
      </h3>
      <div className="grid gap-3 sm:grid-cols-2">
        {THEMES.map((theme) => (
          <SignInPicture
            key={theme}
            values={values}
            theme={theme}
            logoUrl={logoUrl}
            label={t(`branding.previewOf.${theme}`)}
          />
        ))}
      </div>
      <Contrasts values={values} />
    </section>
  );
}

interface PictureProps {
  values: BrandingValues;
  theme: (typeof THEMES)[number];
  logoUrl: string | undefined;
  label: string;
}

function useNumbers(values: BrandingValues) {
  const { t } = useTranslation();
  const number = (name: 'scale' | 'radius', own: number) =>
    rangeProblem(values[name], name, t) ? own : Number(values[name]);
  return { scale: number('scale', 100), radius: number('radius', 8) };
}

/** The page as a picture: nothing in it can be used. */
function SignInPicture({ values, theme, logoUrl, label }: PictureProps) {
  const { t } = useTranslation();
  const { session } = useTenant();
  const shades = shadesOf(values, theme);
  const { scale, radius } = useNumbers(values);
  const name = values.display_name.trim() || session.tenant.name;
  const page: CSSProperties = {
    backgroundColor: shades.background,
    color: shades.ink,
    fontFamily: FONTS[values.font as keyof typeof FONTS] ?? FONTS.system,
    fontSize: `${(0.75 * scale) / 100}rem`,
  };
  return (
    <div
      role="img"
      aria-label={label}
      className="min-w-0 rounded-lg border border-line p-4 leading-normal"
      style={page}
    >
      <div className="mb-3 text-center font-semibold break-words" style={{ color: shades.onBackground }}>
        {logoUrl ? <Picture url={logoUrl} theme={theme} radius={radius} /> : name}
      </div>
      <div
        className="space-y-2 border p-4 shadow-sm"
        style={{ backgroundColor: shades.card, borderColor: shades.edge, borderRadius: radius * 2 }}
      >
        <p className="text-[1.25em] font-semibold break-words">{t('signIn.title', { name })}</p>
        <Field label={t('fields.email')} shades={shades} radius={radius} />
        <Field label={t('fields.password')} shades={shades} radius={radius} />
        <p
          className="py-2 text-center font-semibold"
          style={{ backgroundColor: shades.primary, color: shades.onPrimary, borderRadius: radius }}
        >
          {t('signIn.submit')}
        </p>
        <p className="text-center underline underline-offset-2" style={{ color: shades.text }}>
          {t('signIn.forgot')}
        </p>
      </div>
      <Footer values={values} color={shades.onBackground} />
    </div>
  );
}

/** In the dark theme a logo stands on white: nobody knows what it is made for. */
function Picture({ url, theme, radius }: { url: string; theme: PictureProps['theme']; radius: number }) {
  const plate: CSSProperties = theme === 'dark' ? { backgroundColor: '#fff', borderRadius: radius, padding: 6 } : {};
  return <img src={url} alt="" className="mx-auto max-h-10 max-w-40 object-contain" style={plate} />;
}

function Field({ label, shades, radius }: { label: string; shades: Shades; radius: number }) {
  return (
    <div>
      <p className="font-semibold">{label}</p>
      <div className="h-[2.4em] border" style={{ borderColor: shades.line, borderRadius: radius }} />
    </div>
  );
}

function Footer({ values, color }: { values: BrandingValues; color: string }) {
  const { t } = useTranslation();
  const said = LINKS.filter((name) => values[name].trim() !== '');
  if (said.length === 0) {
    return null;
  }
  return (
    <p className="mt-3 flex flex-wrap justify-center gap-x-3 underline underline-offset-2" style={{ color }}>
      {said.map((name) => (
        <span key={name}>{t(`branding.${name}`)}</span>
      ))}
    </p>
  );
}

/** How well the texts can be read, as numbers. */
function Contrasts({ values }: { values: BrandingValues }) {
  const { t, locale } = useTranslation();
  const ratio = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const both = THEMES.map((theme) => contrastsOf(shadesOf(values, theme), theme));
  return (
    <div className="space-y-1.5">
      <table className="w-full text-left text-[0.8125rem]">
        <caption className="mb-1 text-left text-ink-soft">{t('branding.contrastHelp')}</caption>
        <thead className="text-ink-soft">
          <tr>
            <th className="py-1 pr-3 font-medium">{t('branding.contrast')}</th>
            {THEMES.map((theme) => (
              <th key={theme} className="py-1 pr-3 font-medium">
                {t(`branding.${theme}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(['onButtons', 'ofLinks', 'onBackground'] as const).map((name) => (
            <tr key={name} className="border-t border-line">
              <th className="py-1 pr-3 font-normal">{t(`branding.${name}`)}</th>
              {both.map((contrasts, index) => (
                <td key={THEMES[index]} className="py-1 pr-3 tabular-nums">
                  {ratio.format(Math.floor(contrasts[name] * 10) / 10)}:1{' '}
                  {name === 'ofLinks' && contrasts.isMoved && <Badge tone="info">{t('branding.moved')}</Badge>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
