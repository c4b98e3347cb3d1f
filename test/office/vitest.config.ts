import { defineConfig } from 'vitest/config';

/** Needs LibreOffice (Debian: libreoffice-calc), so it is not part of `npm test`; .ci/run installs it and runs this. */
export default defineConfig({
  test: { include: ['test/office/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
