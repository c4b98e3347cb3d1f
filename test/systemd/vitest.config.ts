import { defineConfig } from 'vitest/config';

/** Needs root and systemd-nspawn (Debian: systemd-container); .ci/run runs it where a system can be booted so. */
export default defineConfig({
  test: { include: ['test/systemd/*.test.ts'], testTimeout: 240_000, hookTimeout: 240_000 },
});
