/** What the page of the branding sends, and what it says the pages will look like. */
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { translate as t } from '../src/app/texts';
import { AA } from '../src/app/theme';
import { BrandingPage } from '../src/pages/branding/branding';
import {
  type Branding,
  colorProblem,
  contrastsOf,
  fieldFor,
  isLogo,
  linkProblem,
  rangeProblem,
  shadesOf,
  toBody,
  toValues,
} from '../src/pages/branding/model';
import { ok, problem, stage } from './stage';

const SHADES = { on_primary: '#ffffff', text: '#1d4fbf', on_background: '#000000', is_adjusted: false };
const PLAIN: Branding = {
  display_name: null,
  colors: { primary: '#1d4fbf', primary_dark: null, background: null, background_dark: null },
  palette: {
    light: { ...SHADES, primary: '#1d4fbf', background: '#f3f4f7' },
    dark: { ...SHADES, primary: '#9db9ff', background: '#0f1218' },
  },
  typography: { font: 'system', scale: 100 },
  radius: 8,
  logo_url: null,
  links: { privacy: null, terms: null, support: null },
  version: 0,
  updated_at: null,
};

describe('a branding', () => {
  it('tells the product’s own colour from a chosen one of the same shade', () => {
    expect(toValues(PLAIN).primary).toBe('');
    const chosen = { ...PLAIN, palette: { ...PLAIN.palette, dark: { ...PLAIN.palette.dark, primary: '#1d4fbf' } } };
    expect(toValues(chosen).primary).toBe('#1d4fbf');
    expect(toBody(toValues(PLAIN)).colors).toEqual({
      primary: null,
      primary_dark: null,
      background: null,
      background_dark: null,
    });
  });

  it('is checked before it is sent', () => {
    for (const fine of ['', '#AbCdEf']) {
      expect(colorProblem(fine, t), fine).toBeUndefined();
    }
    for (const wrong of ['#fff', 'red', '#12345g', 'url(x)']) {
      expect(colorProblem(wrong, t), wrong).toBeTypeOf('string');
    }
    for (const fine of ['', 'https://acme.example/privacy', 'mailto:help@acme.example']) {
      expect(linkProblem(fine, t), fine).toBeUndefined();
    }
    for (const wrong of ['http://acme.example', 'javascript:alert(1)', 'https://a:b@acme.example', 'mailto:x', 'x']) {
      expect(linkProblem(wrong, t), wrong).toBeTypeOf('string');
    }
    expect([rangeProblem('90', 'scale', t), rangeProblem('24', 'radius', t)]).toEqual([undefined, undefined]);
    for (const wrong of ['', '89', '126', '100.5', 'x']) {
      expect(rangeProblem(wrong, 'scale', t), wrong).toBeTypeOf('string');
    }
    expect(isLogo({ type: 'image/png', size: 262_144 })).toBe(true);
    expect(isLogo({ type: 'image/png', size: 262_145 })).toBe(false);
    expect(isLogo({ type: 'image/svg+xml', size: 10 })).toBe(false);
  });

  it('leads the server’s pointers to its fields', () => {
    const pointers = ['#/colors/primary_dark', '#/links/terms', '#/typography/scale', '#/radius', '#/display_name'];
    expect(pointers.map(fieldFor)).toEqual(['primary_dark', 'terms', 'scale', 'radius', 'display_name']);
  });
});

describe('the colours of the pages', () => {
  const none = { primary: '', primary_dark: '', background: '', background_dark: '' };

  it('are those that were chosen, and the dark theme follows the light one', () => {
    expect(shadesOf(none, 'dark').primary).toBe('#9db9ff');
    expect(shadesOf({ ...none, primary: '#D97706' }, 'dark').primary).toBe('#d97706');
    expect(shadesOf({ ...none, primary: '#d97706', primary_dark: '#ffffff' }, 'dark').primary).toBe('#ffffff');
    // Half a colour is none yet.
    expect(shadesOf({ ...none, primary: '#d977' }, 'light').primary).toBe('#1d4fbf');
  });

  it('can be read whatever was chosen', () => {
    for (const color of ['#ffffff', '#000000', '#ffff00', '#777777', '#d97706', '#1d4fbf', '#808000']) {
      for (const theme of ['light', 'dark'] as const) {
        const values = { primary: color, primary_dark: color, background: color, background_dark: color };
        const { onButtons, ofLinks, onBackground } = contrastsOf(shadesOf(values, theme), theme);
        expect(Math.min(onButtons, ofLinks, onBackground), `${color} ${theme}`).toBeGreaterThanOrEqual(AA);
      }
    }
  });

  it('say when a colour of text was moved', () => {
    expect(contrastsOf(shadesOf({ ...none, primary: '#ffff00' }, 'light'), 'light').isMoved).toBe(true);
    expect(contrastsOf(shadesOf(none, 'light'), 'light').isMoved).toBe(false);
  });
});

describe('the page', () => {
  const script = {
    'GET /config/branding': () => ok(PLAIN, { ETag: '"0"' }),
    'GET /config/branding/versions': () => ok([]),
  };
  const permissions = ['config:read', 'config:update'];

  it('shows the server’s complaint at the field, and sends the version', async () => {
    const errors = [{ pointer: '#/links/privacy', detail: 'not there' }];
    const { requests } = stage(
      <BrandingPage />,
      { ...script, 'PUT /config/branding': () => problem(422, { errors }) },
      permissions,
    );
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText(/^Privacy/), 'https://acme.example/privacy');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('not there')).toBeInTheDocument();
    const put = requests.find(({ method }) => method === 'PUT');
    expect(put?.headers.get('If-Match')).toBe('"0"');
    expect(await put?.json()).toMatchObject({ links: { privacy: 'https://acme.example/privacy', terms: null } });
  });

  it('uploads a logo as it is, and refuses what is none', async () => {
    const { requests } = stage(
      <BrandingPage />,
      { ...script, 'PUT /config/branding/logo': () => ok({ ...PLAIN, version: 1 }, { ETag: '"1"' }) },
      permissions,
    );
    const user = userEvent.setup({ applyAccept: false });
    const input = (await screen.findByLabelText('Upload a logo', { selector: 'input' })) as HTMLInputElement;
    await user.upload(input, new File(['<svg/>'], 'logo.svg', { type: 'image/svg+xml' }));
    expect(await screen.findByText(/^A PNG, JPEG or WebP picture/)).toBeInTheDocument();
    expect(requests.filter(({ method }) => method === 'PUT')).toEqual([]);
    await user.upload(input, new File(['png'], 'logo.png', { type: 'image/png' }));
    await waitFor(() => expect(requests.some(({ method }) => method === 'PUT')).toBe(true));
    const put = requests.find(({ method }) => method === 'PUT');
    expect(put?.headers.get('Content-Type')).toBe('application/octet-stream');
    expect(put?.headers.get('If-Match')).toBe('"0"');
  });
});
