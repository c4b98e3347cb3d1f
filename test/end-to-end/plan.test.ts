import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderState } from '../support/folder-state.ts';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const pairs = makePairs(40, 12);
const noKey = { env: { PARADIGM_API_KEY: '' } };

describe.concurrent('offboard plan', { timeout: 120_000 }, () => {
  it.each([
    { name: 'in words', words: [] },
    { name: 'in JSON', words: ['--json'] },
  ])('leaves nothing behind, asks nobody and needs no key: $name', async ({ words }) => {
    const scene = await setScene({ pairs });
    mkdirSync(join(scene.cwd, 'tmp'));
    const before = folderState(scene.cwd);

    const { exitCode, stderr } = await scene.run(['plan', 'pairs.csv', ...words], {
      env: { ...noKey.env, TMPDIR: join(scene.cwd, 'tmp') },
    });

    expect(exitCode, stderr).toBe(0);
    expect(folderState(scene.cwd)).toEqual(before);
    expect(readdirSync(scene.cwd).sort()).toEqual(['pairs.csv', 'tmp']);
    expect(readdirSync(join(scene.cwd, 'tmp'))).toEqual([]);
    expect([scene.server.connections, scene.server.strangers]).toEqual([0, []]);
  });

  it('says the same as run --dry-run', async () => {
    const scene = await setScene({ pairs });
    const plan = await scene.run(['plan', 'pairs.csv'], noKey);
    expect(await scene.run(['run', 'pairs.csv', '--dry-run'], noKey)).toEqual(plan);
  });

  it('ends with 2 or 22 where a run would', async () => {
    const scene = await setScene({ pairs });
    writeFileSync(join(scene.cwd, 'bad.csv'), 'workspace_id,user_id\n1,1\n1,"1,200"\n');
    const bad = await scene.run(['plan', 'bad.csv', '--out', 'run'], noKey);
    expect(bad.exitCode).toBe(2);
    expect(bad.stderr).toContain('line 3');
    const many = await scene.run(['plan', 'pairs.csv', '--out', 'run', '--max-removals', '39'], noKey);
    expect(many.exitCode).toBe(22);
    expect(readdirSync(scene.cwd).sort()).toEqual(['bad.csv', 'pairs.csv']);
  });

  it('ends with 20 where records that cannot be read are skipped', async () => {
    const scene = await setScene({ pairs });
    writeFileSync(join(scene.cwd, 'bad.csv'), 'workspace_id,user_id\n1,1\n1,"1,200"\n');
    const words = ['plan', 'bad.csv', '--on-invalid', 'skip'];
    expect(await scene.run(words, noKey)).toMatchObject({ exitCode: 20 });
    expect(await scene.run([...words, '--out', 'run'], noKey)).toMatchObject({ exitCode: 20 });
    expect(readReport(join(scene.cwd, 'run')).json.counts).toMatchObject({ invalid: 1, 'not-attempted': 1 });
  });

  it('makes a folder that a run goes on in, whose report no plan takes away', async () => {
    const scene = await setScene({ pairs, forbidden: [3] });
    const folder = join(scene.cwd, 'run');
    expect((await scene.run(['plan', 'pairs.csv', '--out', 'run'], noKey)).exitCode).toBe(0);
    const planned = readReport(folder).json;
    expect(planned.run).toMatchObject({ dryRun: true, status: 'completed', exitCode: 0 });
    expect(planned.target.apiKeyFingerprint).toBeNull();
    expect(planned.reasons['not-attempted']).toEqual({ 'dry-run': 40 });

    expect((await scene.run(['run', 'pairs.csv', '--out', 'run'])).exitCode).toBe(20);
    const done = readReport(folder).json;
    expect(done.run).toMatchObject({ id: planned.run.id, dryRun: false, sessions: 2, exitCode: 20 });
    expect(scene.disagreements('run')).toEqual([]);
    expect(scene.server.requests).toHaveLength(40);

    const before = folderState(scene.cwd);
    const { exitCode, stderr } = await scene.run(['plan', 'pairs.csv', '--out', 'run'], noKey);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The run folder run holds a real run');
    expect(folderState(scene.cwd)).toEqual(before);
  });

  it('makes a folder that is found under --runs-folder', async () => {
    const scene = await setScene({ pairs });
    expect((await scene.run(['plan', 'pairs.csv', '--out', 'runs/planned'], noKey)).exitCode).toBe(0);
    const { exitCode, stderr } = await scene.run(['run', 'pairs.csv', '--runs-folder', 'runs']);
    expect(exitCode, stderr).toBe(0);
    expect(stderr.split('\n')[0]).toContain('runs/planned');
    expect(readdirSync(join(scene.cwd, 'runs'))).toEqual(['planned']);
  });

  it('does not use a folder of something else: 25', async () => {
    const scene = await setScene({ pairs });
    await scene.run(['plan', 'pairs.csv', '--out', 'run'], noKey);
    const before = folderState(scene.cwd);
    const { exitCode, stderr } = await scene.run(['run', 'pairs.csv', '--out', 'run', '--scope', 'company']);
    expect(exitCode).toBe(25);
    expect(stderr).toContain('scope instance there, company here');
    expect(folderState(scene.cwd)).toEqual(before);
  });
});
