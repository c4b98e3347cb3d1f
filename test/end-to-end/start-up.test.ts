import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandNames } from '../../src/commands/command-texts.ts';
import { helpPageFile, laidOutWidths } from '../../src/commands/help-page.ts';
import { renderHelp } from '../../src/commands/render-help.ts';
import { builtCommand } from '../support/run-offboard.ts';

const built = dirname(builtCommand);

/** What a built file and what it imports at once load of other files and packages. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const [, name = ''] of readFileSync(join(built, file), 'utf8').matchAll(/^import .*?"([^"]+)";$/gm)) {
    if (seen.has(name) || name.startsWith('node:')) continue;
    seen.add(name);
    if (name.startsWith('./')) loadedWith(name, seen);
  }
  return seen;
}

describe('the built command', () => {
  it('loads one file and no package before it knows what is asked for', () => {
    expect([...loadedWith('main.js')]).toEqual(['./command-line.js']);
  });

  it('loads no HTTP client before there is something to send', () => {
    const loaded = loadedWith('run.js');
    expect(loaded).toContain('pino');
    const undici = (names: ReadonlySet<string>) => [...names].filter((name) => name.startsWith('undici'));
    expect(undici(loaded)).toEqual([]);
    expect(undici(loadedWith('run-session.js')).sort()).toEqual([
      'undici/lib/core/connect.js',
      'undici/lib/core/util.js',
      'undici/lib/dispatcher/pool.js',
    ]);
  });

  it('has every page of the help laid out as it would be now', async () => {
    const pages = [undefined, ...commandNames].flatMap((command) =>
      laidOutWidths.map((columns) => ({ command, columns })),
    );
    for (const page of pages)
      expect(readFileSync(join(built, helpPageFile(page)), 'utf8')).toBe(await renderHelp(page));
    expect(readdirSync(join(built, 'help'))).toHaveLength(pages.length);
  });
});
