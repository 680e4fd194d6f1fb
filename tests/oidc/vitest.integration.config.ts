import { defineConfig } from 'vitest/config';

/** Against a real server with `--demo`, whose address is in `TENANTRY_URL`. */
export default defineConfig({
  test: { name: 'oidc', include: ['test/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
