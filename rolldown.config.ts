import { defineConfig } from 'rolldown';

/**
 * Our own code in a few files, since each module that is loaded takes time; packages stay where npm puts them. Nothing is
 * minified: a stack trace names functions as the sources do.
 */
export default defineConfig({
  input: {
    main: 'src/main.ts',
    // The demo looks into it.
    'start-sandbox': 'src/sandbox/start-sandbox.ts',
  },
  platform: 'node',
  external: /^[@a-z]/,
  output: {
    dir: 'dist',
    cleanDir: true,
    chunkFileNames: '[name].js',
    minifyInternalExports: false,
    codeSplitting: {
      groups: [
        { name: 'command-line', test: /command-line\.ts$/, priority: 1 },
        { name: 'shared', test: /src\/(?!sandbox)/, minShareCount: 2 },
      ],
    },
  },
});
