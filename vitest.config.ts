import { defineConfig } from 'vitest/config';

/** The unit tests of both packages; `npm run test:sdk` and `npm run e2e` need a server and are apart. */
export default defineConfig({ test: { projects: ['sdk/typescript', 'console'] } });
