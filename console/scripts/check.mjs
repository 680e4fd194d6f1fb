/**
 * `npm run check`: types, lint and format, fresh generated schema, equal locale keys, files that are not too long. Every check
 * runs; the last line says how it went.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: 'inherit' });

/** The schema in the SDK is what openapi.json generates. */
function checkSchema() {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-'));
  try {
    const fresh = join(folder, 'schema.d.ts');
    const options = ['--default-non-nullable=false', '--output', fresh];
    execFileSync(bin('openapi-typescript'), ['openapi.json', ...options], { cwd: root, stdio: 'ignore' });
    const committed = readFileSync(join(root, 'sdk/typescript/src/schema.d.ts'), 'utf8');
    if (readFileSync(fresh, 'utf8') !== committed) {
      throw new Error('sdk/typescript/src/schema.d.ts is stale: npm run generate');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function keysOf(value, path = '') {
  return typeof value === 'string'
    ? [path]
    : Object.entries(value).flatMap(([key, part]) => keysOf(part, `${path}.${key}`));
}

/** Every language has the same keys. */
function checkLocales() {
  const folder = join(root, 'console/src/locales');
  const read = (name) => keysOf(JSON.parse(readFileSync(join(folder, name), 'utf8'))).sort();
  const expected = read('en.json');
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
    const keys = read(name);
    const missing = expected.filter((key) => !keys.includes(key));
    const unknown = keys.filter((key) => !expected.includes(key));
    if (missing.length + unknown.length > 0) {
      throw new Error(`${name}: missing ${missing.join(' ') || 'none'}; unknown ${unknown.join(' ') || 'none'}`);
    }
  }
}

/** The lock file names no registry of one machine. */
function checkLock() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const foreign = Object.values(lock.packages)
    .map(({ resolved }) => resolved)
    .filter((url) => url?.startsWith('http') && !url.startsWith('https://registry.npmjs.org/'));
  if (foreign.length > 0) {
    throw new Error(`package-lock.json names other registries: ${foreign[0]}`);
  }
}

/** No file over 600 lines; 400 is the aim. */
function checkShape() {
  const files = execFileSync('git', ['ls-files', 'console', 'sdk/typescript'], { cwd: root, encoding: 'utf8' }).split(
    '\n',
  );
  const sources = files.filter((name) => /\.(tsx?|mjs|css)$/.test(name) && !name.endsWith('schema.d.ts'));
  const long = sources.filter((name) => readFileSync(join(root, name), 'utf8').split('\n').length > 600);
  if (long.length > 0) {
    throw new Error(`over 600 lines: ${long.join(' ')}`);
  }
}

const CHECKS = [
  ['types of the SDK', () => run(bin('tsc'), '-p', 'sdk/typescript')],
  ['types of the OpenID tests', () => run(bin('tsc'), '-p', 'tests/oidc')],
  ['types of the console', () => run(bin('tsc'), '-p', 'console')],
  ['lint and format', () => run(bin('biome'), 'check', '--error-on-warnings', '.')],
  ['generated schema', checkSchema],
  ['locales', checkLocales],
  ['lock file', checkLock],
  ['length of files', checkShape],
];

const failed = CHECKS.filter(([name, check]) => {
  try {
    check();
    return false;
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    return true;
  }
});
const names = failed.map(([name]) => name).join(', ');
console.log(failed.length === 0 ? `check: ${CHECKS.length} passed` : `check: ${failed.length} failed (${names})`);
process.exitCode = failed.length === 0 ? 0 : 1;
