import { defineConfig } from 'vitest/config';

/**
 * Needs kubectl (1.24 or newer), systemd-analyze and promtool (Debian: systemd, prometheus), so it is not part of `npm test`;
 * .ci/run installs what it can and runs this.
 */
export default defineConfig({
  test: { include: ['test/schedulers/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
