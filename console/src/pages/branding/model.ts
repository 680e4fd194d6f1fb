/** What a tenant may choose of its pages' looks, and what the pages make of it. The server reckons in the same way. */
import type { Schemas } from '@tenantry/sdk';
import type { Translate } from '../../app/texts';
import { AA, contrast, isColor, readable } from '../../app/theme';
import { fieldOf } from '../../forms/problems';

/** A tenant's branding. */
export type Branding = Schemas['BrandingView'];

/** The fonts, in the order in which they are offered, and what systems have for them. */
export const FONTS = {
  system: 'system-ui,sans-serif',
  humanist: "Seravek,'Gill Sans Nova',Ubuntu,Calibri,'DejaVu Sans',sans-serif",
  geometric: "Avenir,Montserrat,Corbel,'URW Gothic',sans-serif",
  rounded: "ui-rounded,'Hiragino Maru Gothic ProN',Quicksand,Comfortaa,'Arial Rounded MT',sans-serif",
  serif: "Charter,'Bitstream Charter','Sitka Text',Cambria,serif",
  mono: "ui-monospace,'Cascadia Code','Source Code Pro',Menlo,Consolas,'DejaVu Sans Mono',monospace",
} as const satisfies Record<Schemas['Font'], string>;

/** The least and the most of each number. */
export const RANGES = { scale: [90, 125], radius: [0, 24] } as const;

/** The product's own colours. */
export const OWN = { primary: '#1d4fbf', primary_dark: '#9db9ff', background: '#f3f4f7', background_dark: '#0f1218' };

/** The fields that hold a colour. */
export const COLORS = ['primary', 'primary_dark', 'background', 'background_dark'] as const;

/** The fields that hold an address. */
export const LINKS = ['privacy', 'terms', 'support'] as const;

/** The product's own colour is told like a chosen one: the dark theme shows which it is. */
function primaryOf({ colors, palette }: Branding): string {
  const isOwn = colors.primary === OWN.primary && !colors.primary_dark && palette.dark.primary === OWN.primary_dark;
  return isOwn ? '' : colors.primary;
}

/** What the form holds. */
export const toValues = (branding: Branding) => ({
  display_name: branding.display_name ?? '',
  primary: primaryOf(branding),
  primary_dark: branding.colors.primary_dark ?? '',
  background: branding.colors.background ?? '',
  background_dark: branding.colors.background_dark ?? '',
  font: branding.typography.font as string,
  scale: String(branding.typography.scale),
  radius: String(branding.radius),
  privacy: branding.links.privacy ?? '',
  terms: branding.links.terms ?? '',
  support: branding.links.support ?? '',
});

/** The values of the form. */
export type BrandingValues = ReturnType<typeof toValues>;

const orNull = (text: string) => text.trim() || null;

/** What is sent; an empty field goes back to what the product comes with. */
export function toBody(values: BrandingValues): Schemas['ChangedBranding'] {
  return {
    display_name: orNull(values.display_name),
    colors: {
      primary: orNull(values.primary),
      primary_dark: orNull(values.primary_dark),
      background: orNull(values.background),
      background_dark: orNull(values.background_dark),
    },
    typography: { font: values.font as Schemas['Font'], scale: Number(values.scale) },
    radius: Number(values.radius),
    links: { privacy: orNull(values.privacy), terms: orNull(values.terms), support: orNull(values.support) },
  };
}

/** The field that shows what a pointer of the server (`#/colors/primary`) leads to. */
export function fieldFor(pointer: string): string | undefined {
  return /^#\/(colors|typography|links)\/./.test(pointer) ? fieldOf(pointer.replace(/^#\/\w+/, '#')) : fieldOf(pointer);
}

/** What is wrong with a colour. */
export function colorProblem(text: string, t: Translate): string | undefined {
  return text.trim() === '' || isColor(text.trim()) ? undefined : t('branding.wrong.color');
}

/** What is wrong with an address that people may be sent to. */
export function linkProblem(text: string, t: Translate): string | undefined {
  if (text.trim() === '') {
    return undefined;
  }
  try {
    const { protocol, username, password, hostname, pathname } = new URL(text.trim());
    const isWeb = protocol === 'https:' && hostname !== '' && !username && !password;
    return isWeb || (protocol === 'mailto:' && pathname.includes('@')) ? undefined : t('branding.wrong.link');
  } catch {
    return t('branding.wrong.link');
  }
}

/** What is wrong with a number. */
export function rangeProblem(text: string, name: keyof typeof RANGES, t: Translate): string | undefined {
  const [least, most] = RANGES[name];
  const number = Number(text);
  const isFine = text.trim() !== '' && Number.isInteger(number) && number >= least && number <= most;
  return isFine ? undefined : t('branding.wrong.range', { least, most });
}

/** What a logo may be. */
export const LOGO_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;

/** Whether a file may be one, before its bytes are looked at. */
export function isLogo({ type, size }: Pick<File, 'type' | 'size'>): boolean {
  return LOGO_TYPES.some((each) => each === type) && size <= 256 * 1024;
}

/** The colours of one theme, as the pages have them. */
export interface Shades {
  primary: string;
  onPrimary: string;
  /** Links and marks. */
  text: string;
  background: string;
  onBackground: string;
  /** Cards, what is written on them, and their edges: always the product's own. */
  card: string;
  ink: string;
  soft: string;
  line: string;
  edge: string;
}

const CARDS = {
  light: { card: '#ffffff', ink: '#16191f', soft: '#4a5160', line: '#767d8b', edge: '#dde1e8' },
  dark: { card: '#191e28', ink: '#eef0f4', soft: '#b4bbc8', line: '#7d8698', edge: '#2d3442' },
} as const;
const BEHIND = { light: ['#ffffff', '#f0f1f5'], dark: ['#191e28', '#222834'] } as const;

/** White where it can be read, else black, which then can. */
const inkOn = (color: string) => (contrast(color, '#ffffff') >= AA ? '#ffffff' : '#000000');

type ColorValues = Pick<BrandingValues, (typeof COLORS)[number]>;

/** What follows from the chosen colours. A half-typed one counts as none. */
export function shadesOf(values: ColorValues, theme: 'light' | 'dark'): Shades {
  const chosen = (name: keyof ColorValues) => {
    const text = values[name].trim().toLowerCase();
    return isColor(text) ? text : undefined;
  };
  const isLight = theme === 'light';
  const primary = isLight
    ? (chosen('primary') ?? OWN.primary)
    : (chosen('primary_dark') ?? chosen('primary') ?? OWN.primary_dark);
  const background = isLight
    ? (chosen('background') ?? OWN.background)
    : (chosen('background_dark') ?? OWN.background_dark);
  return {
    primary,
    onPrimary: inkOn(primary),
    text: readable(primary, isLight ? '#000000' : '#ffffff', BEHIND[theme]),
    background,
    onBackground: inkOn(background),
    ...CARDS[theme],
  };
}

/** The contrasts that matter, the least of each. */
export function contrastsOf({ primary, onPrimary, text, background, onBackground }: Shades, theme: 'light' | 'dark') {
  return {
    onButtons: contrast(onPrimary, primary),
    ofLinks: Math.min(...BEHIND[theme].map((surface) => contrast(text, surface))),
    onBackground: contrast(onBackground, background),
    isMoved: text !== primary,
  };
}
