import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtCommand } from '../support/run-offboard.ts';
import { torture } from './torture.ts';

const project = dirname(dirname(builtCommand));
const places: string[] = [];
afterAll(() => {
  for (const place of places) rmSync(place, { recursive: true, force: true });
});

/** Builds the sources with one mistake in them. */
function build(file: string, right: string, wrong: string): string {
  const place = mkdtempSync(join(tmpdir(), 'offboard-mutant-'));
  places.push(place);
  for (const part of ['src', 'package.json', 'rolldown.config.ts']) {
    cpSync(join(project, part), join(place, part), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(place, 'node_modules'));
  const path = join(place, 'src', file);
  const text = readFileSync(path, 'utf8');
  expect(text.split(right), `${file} has ${right} once`).toHaveLength(2);
  writeFileSync(path, text.replace(right, wrong));
  const { status, stderr } = spawnSync('npm', ['run', 'build'], { cwd: place, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return join(place, 'dist', 'main.js');
}

describe('the torture finds it out where', () => {
  it.each([
    {
      name: 'a kill does not make a lost reply of what may have been sent',
      file: 'journal/ledger.ts',
      right: 'standing[index] = (at(index) & ~open) | lostReply;',
      wrong: 'standing[index] = at(index) & ~open;',
    },
    {
      name: 'requests start before their watermark is on disk, which is in no hurry',
      file: 'execute/coverage.ts',
      right: 'const offset = record({',
      wrong: 'const offset = -1; setTimeout(record, 300, {',
    },
    {
      name: 'a watermark does not say that what it covers may have been sent',
      file: 'journal/ledger.ts',
      right: 'bits | covered | open | triedThisSession',
      wrong: 'bits | covered | triedThisSession',
    },
  ])('$name', async ({ file, right, wrong }) => {
    const command = build(file, right, wrong);
    const settings = { rows: 2_000, kills: 16, seed: 11, faultShare: 0, concurrency: 16 };
    const { disagreements, repeatedLate } = await torture({ ...settings, command });
    expect(disagreements.length + repeatedLate).toBeGreaterThan(0);
  });
});
