import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { makeMixedInput } from '../support/mixed-input.ts';
import { type ReportRow, readReport } from '../support/read-report.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const pairs = makePairs(60, 6);
const run = ['run', 'pairs.csv', '--out', 'run'];
const noKey = { env: { PARADIGM_API_KEY: '' } };

/** The report's ten files, by name. */
function filesOf({ cwd }: Scene, folder: string): Record<string, string> {
  const names = readdirSync(join(cwd, folder)).filter((name) => !/^(input\.csv|journal\.ndjson)$/.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(cwd, folder, name), 'utf8')]));
}

/** Nobody knows any more which command it was, so the page cannot say what to type next. */
function withoutCommand(files: Record<string, string>): Record<string, string> {
  const page = files['report.html']?.replace(/<p>What to type next.*<\/p>/, '') ?? '';
  return { ...files, 'report.html': page };
}

/** Without what differs from run to run. */
const endingsOf = (rows: readonly ReportRow[]) =>
  rows
    .map(({ cells: { finished_at: _, ...cells } }) => cells)
    .sort((a, b) => Number(a['line']) - Number(b['line']));

describe.concurrent('the report written again', { timeout: 120_000 }, () => {
  it.each([
    { name: 'is done', forbidden: [], exit: 0 },
    { name: 'needs a person', forbidden: [3], exit: 20 },
  ])('is the same to the byte where a run $name, input and key long gone', async ({ forbidden, exit }) => {
    const scene = await setScene({ pairs, forbidden, members: pairs.slice(9) });
    expect((await scene.run(run)).exitCode).toBe(exit);
    const before = filesOf(scene, 'run');
    expect(Object.keys(before)).toHaveLength(10);
    rmSync(join(scene.cwd, 'pairs.csv'));
    for (const name of Object.keys(before)) rmSync(join(scene.cwd, 'run', name));
    await scene.server.close();

    expect((await scene.run(['report', 'run'], noKey)).exitCode).toBe(0);
    expect((await scene.run(['report', 'run', '--out', 'elsewhere'], noKey)).exitCode).toBe(0);

    const [wanted, again] =
      exit === 0 ? [before, filesOf(scene, 'run')] : [before, filesOf(scene, 'run')].map(withoutCommand);
    expect(again).toEqual(wanted);
    expect(filesOf(scene, 'elsewhere')).toEqual(filesOf(scene, 'run'));
  });

  it('tells what a run knew that was killed before it could', async () => {
    const scene = await setScene({
      pairs,
      script: ({ index }) => (index < 30 ? undefined : { kind: 'hang' }),
    });
    const running = scene.start([...run, '--concurrency', '4']);
    await scene.server.arrived(34);
    running.kill('SIGKILL');
    await running.ended;

    const { exitCode, stdout } = await scene.run(['report', 'run', '--json'], noKey);

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual(readReport(join(scene.cwd, 'run')).json);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.run).toMatchObject({ status: 'stopped', reason: 'interrupted', exitCode: 21 });
    expect(json.perhapsRemoved).toBeGreaterThanOrEqual(4);
    expect(scene.disagreements('run')).toEqual([]);
  });

  it('says what goes on with a run that left records, and nothing where none are left', async () => {
    const scene = await setScene({ pairs });
    expect((await scene.run(run)).exitCode).toBe(0);
    expect((await scene.run(['report', 'run'], noKey)).stdout).not.toContain('Next ');

    await scene.run(['run', 'pairs.csv', '--out', 'refused'], { env: { PARADIGM_API_KEY: 'wrong' } });
    const again = await scene.run(['report', 'refused', '--out', 'elsewhere'], noKey);
    expect(again.stdout).toContain(
      'Next    the same offboard run … command, without --fresh, with --out refused\n',
    );
  });
});

describe('four shards', () => {
  it('share a file without a gap and without an overlap, and merge to what one run says', async () => {
    const input = makeMixedInput(300, seededRandom(41));
    const rules = {
      pairs: input.pairs,
      csv: input,
      members: input.pairs.filter((_, index) => index % 5 !== 0),
      forbidden: [4, 19],
    };
    const [single, sharded] = [await setScene(rules), await setScene(rules)];
    const words = ['run', 'pairs.csv', '--on-invalid', 'skip'];
    await single.run([...words, '--out', 'run']);

    const folders = ['0', '1', '2', '3'].map((index) => `shard-${index}`);
    await Promise.all(
      folders.map((folder, index) =>
        sharded.run([...words, '--out', folder], {
          env: { OFFBOARD_SHARDS: '4', JOB_COMPLETION_INDEX: String(index) },
        }),
      ),
    );
    const { exitCode } = await sharded.run(['report', ...folders, '--out', 'all'], noKey);

    expect(exitCode).toBe(0);
    expect(sharded.disagreements('all')).toEqual([]);
    const asked = sharded.server.requests.map(({ pair }) => pair);
    expect([...asked].sort()).toEqual([...input.pairs].sort());
    const parts = folders.map((folder) => readReport(join(sharded.cwd, folder)));
    for (const { json } of parts) expect(json.input.fileRecords).toBe(300);
    for (const { json } of parts) expect(json.requests.sent).toBeGreaterThan(30);
    expect(parts.slice(1).map(({ json }) => json.counts.invalid)).toEqual([0, 0, 0]);

    const [one, all] = [readReport(join(single.cwd, 'run')), readReport(join(sharded.cwd, 'all'))];
    expect(all.json.counts).toEqual(one.json.counts);
    expect(all.json.reasons).toEqual(one.json.reasons);
    expect(all.json.forbiddenByWorkspace).toEqual(one.json.forbiddenByWorkspace);
    expect(all.json.run.exitCode).toBe(one.json.run.exitCode);
    expect(all.json.requests.sent).toBe(sharded.server.requests.length);
    expect(endingsOf(all.rows)).toEqual(endingsOf(one.rows));
  });
});

describe('the schema that --schema prints', { timeout: 120_000 }, () => {
  it('fits the reports of a plan, of runs that are done or stopped, and of merged shards, and not just anything', async () => {
    const scene = await setScene({ pairs, forbidden: [3] });
    const { stdout, exitCode } = await scene.run(['report', '--schema'], noKey);
    expect(exitCode).toBe(0);
    const validate = new Ajv2020().compile(JSON.parse(stdout));

    await scene.run(['plan', 'pairs.csv', '--out', 'planned']);
    await scene.run(['run', 'pairs.csv', '--out', 'refused'], { env: { PARADIGM_API_KEY: 'wrong' } });
    await scene.run(run);
    await scene.run(['run', 'pairs.csv', '--out', 'a', '--shard', '1/2']);
    await scene.run(['run', 'pairs.csv', '--out', 'b', '--shard', '2/2']);
    await scene.run(['report', 'a', 'b', '--out', 'merged']);
    for (const folder of ['planned', 'refused', 'run', 'a', 'merged']) {
      const report: unknown = JSON.parse(readFileSync(join(scene.cwd, folder, 'report.json'), 'utf8'));
      expect(validate(report), `${folder}: ${JSON.stringify(validate.errors)}`).toBe(true);
      expect(validate({ ...(report as object), counts: {} })).toBe(false);
    }
  });
});
