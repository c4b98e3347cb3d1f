import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'rolldown';
import { commandNames } from './src/commands/command-texts.ts';
import { helpPageFile, laidOutWidths } from './src/commands/help-page.ts';
import { renderHelp } from './src/commands/render-help.ts';

const source = fileURLToPath(new URL('src/', import.meta.url));

/** Wherever the checkout lies, and however its system writes paths. */
function pathInSource(id: string): string {
  return relative(source, id).replaceAll('\\', '/');
}

/** Lays out the help, so that nobody waits for that who asks for it. */
const helpPages: Plugin = {
  name: 'help-pages',
  async generateBundle() {
    for (const command of [undefined, ...commandNames]) {
      for (const columns of laidOutWidths) {
        const page = { command, columns };
        this.emitFile({ type: 'asset', fileName: helpPageFile(page), source: await renderHelp(page) });
      }
    }
  },
};

/**
 * Our own code in a few files, since each module that is loaded takes time; packages stay where npm puts them. Nothing is
 * minified: a stack trace names functions as the sources do.
 */
export default defineConfig({
  input: {
    main: 'src/main.ts',
    // A process of its own, see src/io/teller.ts.
    'tell-watchers': 'src/tell-watchers.ts',
    // The demo looks into it.
    'start-sandbox': 'src/sandbox/start-sandbox.ts',
  },
  platform: 'node',
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
  plugins: [helpPages],
  output: {
    dir: 'dist',
    cleanDir: true,
    chunkFileNames: '[name].js',
    minifyInternalExports: false,
    codeSplitting: {
      groups: [
        { name: 'command-line', test: (id) => pathInSource(id) === 'commands/command-line.ts', priority: 1 },
        { name: 'shared', test: (id) => !pathInSource(id).startsWith('sandbox/'), minShareCount: 2 },
      ],
    },
  },
});
