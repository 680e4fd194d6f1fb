/**
 * How much JavaScript a first visit loads: for each route, the entry, the shell and the page with everything that they import
 * statically, gzipped. Fails above the limit. Plots, dialogs and languages come later and are not counted.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT = 150_000;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const ENTRY = 'index.html';
const SHELL = 'src/app/tenant-layout.tsx';

/** The chunks that a set of modules needs before it runs. */
function closure(names, seen = new Set()) {
  for (const name of names) {
    if (!seen.has(name) && manifest[name]) {
      seen.add(name);
      closure(manifest[name].imports ?? [], seen);
    }
  }
  return seen;
}

const sizes = new Map();
function size(file) {
  if (!sizes.has(file)) {
    sizes.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length);
  }
  return sizes.get(file);
}

function total(names) {
  const files = new Set([...closure(names)].map((name) => manifest[name].file));
  return [...files].reduce((sum, file) => sum + size(file), 0);
}

const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const isPage = (name) => name.startsWith('src/pages/') && manifest[name].isDynamicEntry;
const rows = Object.keys(manifest)
  .filter(isPage)
  .map((name) => [name, total(name.includes('/entry/') ? [ENTRY, name] : [ENTRY, SHELL, name])])
  .sort(([, a], [, b]) => b - a);

const [heaviest, most] = rows[0];
const signIn = rows.find(([name]) => name.endsWith('/sign-in.tsx'))[1];
console.log(`JavaScript, gzipped: sign-in ${kB(signIn)}, heaviest page ${kB(most)} (${heaviest}), limit ${kB(LIMIT)}`);
if (most > LIMIT) {
  for (const [name, bytes] of rows) {
    console.error(`${kB(bytes).padStart(9)}  ${name}`);
  }
  process.exit(1);
}
