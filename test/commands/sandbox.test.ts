import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runSandbox } from '../../src/commands/sandbox.ts';
import { sandboxDefaults } from '../../src/sandbox/sandbox-options.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'offboard-rehearsal-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

describe('offboard sandbox', () => {
  it('says where it is, which key it takes and what to try, and ends with 0 when told to', async () => {
    const stop = new AbortController();
    let printed = '';
    const print = (text: string) => {
      printed += text;
      stop.abort();
    };
    const exitCode = await runSandbox({ ...sandboxDefaults, port: 0, key: "it's" }, print, stop.signal);
    expect(exitCode).toBe(0);
    expect(printed).toMatch(/address {2}http:\/\/127\.0\.0\.1:\d+\n/);
    expect(printed).toContain('holds    200 memberships in 10 workspaces');
    expect(printed).toContain("PARADIGM_API_KEY='it'\\''s'");
    expect(printed).toMatch(/curl -s http:\/\/127\.0\.0\.1:\d+\/sandbox\/state/);
    expect(printed.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  it('says how to make a list to rehearse with, which leaves one alone that is there already', async () => {
    const stop = new AbortController();
    let makeInput = '';
    const print = (text: string) => {
      makeInput = /^ {2}.*printf.*$/m.exec(text)?.[0] ?? '';
      stop.abort();
    };
    await runSandbox({ ...sandboxDefaults, port: 0 }, print, stop.signal);
    const script = `${makeInput}\necho still here`;
    const type = () => spawnSync('/bin/sh', ['-c', script], { cwd, encoding: 'utf8' });

    type();
    const [name = ''] = readdirSync(cwd);
    expect(name).not.toBe('leavers.csv');
    expect(readFileSync(join(cwd, name), 'utf8')).toMatch(/^workspace_id,user_id\n\d+,\d+\n$/);

    writeFileSync(join(cwd, name), 'mine');
    const { stdout, stderr } = type();
    expect(readFileSync(join(cwd, name), 'utf8')).toBe('mine');
    expect([stdout, stderr]).toEqual(['still here\n', expect.stringContaining(name)]);
  });
});
