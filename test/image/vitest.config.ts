import { defineConfig } from 'vitest/config';

/** Needs podman and runc, and the image that build.sh makes: `npm run test:image` does both. .ci/run runs it where podman works. */
export default defineConfig({
  test: { include: ['test/image/*.test.ts'], testTimeout: 180_000, hookTimeout: 60_000 },
});
