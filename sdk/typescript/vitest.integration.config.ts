import { defineConfig } from 'vitest/config';

/** Against a real server with `--demo`, whose address is in `TENANTRY_URL`. */
export default defineConfig({
  test: { name: 'sdk-integration', include: ['test/integration/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000 },
});
