/**
 * Light and dark, and the tenant's accent colour.
 *
 * Any accent may be asked for; `accentTokens` moves its lightness until text in it (and on it) reaches WCAG AA on every surface.
 */
import { onPreferences, preferences } from './preferences';

/** The colours that a tenant's theme sets. */
export interface AccentTokens {
  light: string;
  onLight: string;
  dark: string;
  onDark: string;
  /** Whether the colour had to be changed to be readable. */
  isAdjusted: boolean;
}

type Rgb = readonly [number, number, number];

/** The least contrast of text (WCAG 2.1, 1.4.3, level AA). */
export const AA = 4.5;
const LIGHT_SURFACES: readonly string[] = ['#ffffff', '#f8f8f9', '#f2f2f4'];
const DARK_SURFACES: readonly string[] = ['#0b0c0e', '#121316', '#191b1f', '#1a1c20'];

function toRgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

function luminance(hex: string): number {
  const [r, g, b] = toRgb(hex).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast of two colours (WCAG 2.1, 1.4.3), from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function mix(from: string, to: string, share: number): string {
  const [a, b] = [toRgb(from), toRgb(to)];
  return toHex([0, 1, 2].map((i) => (a[i] ?? 0) + ((b[i] ?? 0) - (a[i] ?? 0)) * share) as unknown as Rgb);
}

/** The nearest shade towards `pole` that is readable on all surfaces. */
export function readable(color: string, pole: string, surfaces: readonly string[]): string {
  for (let step = 0; step <= 20; step += 1) {
    const shade = mix(color, pole, step / 20);
    if (surfaces.every((surface) => contrast(shade, surface) >= AA)) {
      return shade;
    }
  }
  return pole;
}

function inkOn(color: string): string {
  return contrast(color, '#ffffff') >= AA ? '#ffffff' : '#101014';
}

/** Whether a text is a colour of the form `#rrggbb`. */
export function isColor(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text);
}

/** Both themes' accent from one colour. */
export function accentTokens(color: string): AccentTokens {
  const light = readable(color, '#000000', LIGHT_SURFACES);
  const dark = readable(color, '#ffffff', DARK_SURFACES);
  return { light, onLight: inkOn(light), dark, onDark: inkOn(dark), isAdjusted: light !== color.toLowerCase() };
}

/** Accents to choose from; tenants without a choice get one by their name, so that two tenants look different. */
export const ACCENTS: readonly string[] = [
  '#4f46e5',
  '#0b6e99',
  '#0f766e',
  '#15803d',
  '#a16207',
  '#c2410c',
  '#be185d',
  '#7e22ce',
];

/** The accent of a tenant: chosen, or derived from its slug. */
export function accentOf(slug: string | undefined): string {
  const chosen = slug === undefined ? undefined : preferences().accents[slug];
  if (chosen && isColor(chosen)) {
    return chosen;
  }
  const sum = [...(slug ?? '')].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) >>> 0, 0);
  const isPlain = slug === undefined || slug === 'platform';
  return (isPlain ? ACCENTS[0] : ACCENTS[sum % ACCENTS.length]) ?? '#4f46e5';
}

let shownTenant: string | undefined;

function apply(): void {
  const root = document.documentElement;
  const { theme } = preferences();
  if (theme === 'system') {
    root.removeAttribute('data-theme');
  } else {
    root.dataset.theme = theme;
  }
  const tokens = accentTokens(accentOf(shownTenant));
  root.style.setProperty('--accent-light', tokens.light);
  root.style.setProperty('--on-accent-light', tokens.onLight);
  root.style.setProperty('--accent-dark', tokens.dark);
  root.style.setProperty('--on-accent-dark', tokens.onDark);
}

/** Show the theme of a tenant from now on. */
export function showTheme(slug: string | undefined): void {
  shownTenant = slug;
  apply();
}

/** Apply the preferences, now and whenever they change. */
export function startTheme(): void {
  onPreferences(apply);
  apply();
}
