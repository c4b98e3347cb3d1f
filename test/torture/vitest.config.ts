import { defineConfig } from 'vitest/config';

/** Takes minutes, so it is not part of `npm test`; .ci/run runs it in small, `npm run torture` in large. */
export default defineConfig({
  test: {
    include: ['test/torture/*.test.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
