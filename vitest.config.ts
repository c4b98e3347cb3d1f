import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/image/**', 'test/office/**', 'test/schedulers/**', 'test/systemd/**', 'test/torture/**'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    coverage: {
      include: ['src/**'],
      reporter: ['text', 'json-summary'],
      thresholds: {
        'src/{plan,policy,report,journal}/**': { branches: 95 },
      },
    },
  },
});
