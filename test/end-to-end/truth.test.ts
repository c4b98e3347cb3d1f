import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeMixedInput } from '../support/mixed-input.ts';
import { readReport } from '../support/read-report.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { clearScenes, makePairs, setScene } from '../support/set-scene.ts';
import { createTransientFaults } from '../support/transient-faults.ts';

afterAll(clearScenes);

it('reports 500 mixed rows as they really ended', async () => {
  const input = makeMixedInput(500, seededRandom(2313));
  const forbidden = [4, 19];
  const scene = await setScene({
    pairs: input.pairs,
    csv: input,
    members: input.pairs.filter((_, index) => index % 6 !== 0),
    forbidden,
    script: () => ({ kind: 'usual', afterMs: 25 }),
  });
  writeFileSync(
    join(scene.cwd, 'keep.txt'),
    input.protectedUsers.map((user) => `${user} # stays\r\n`).join(''),
  );

  const flags = ['--out', 'run', '--protect', 'keep.txt', '--on-invalid', 'skip', '--concurrency', '12'];
  const { exitCode } = await scene.run(['run', 'pairs.csv', ...flags]);

  expect(exitCode).toBe(20);
  expect(scene.disagreements('run')).toEqual([]);
  const { json, rows } = readReport(join(scene.cwd, 'run'));
  expect(json.requests.sent).toBe(scene.server.requests.length);
  expect(json.requests.retries).toBe(0);
  expect(scene.server.mostInFlight).toBe(12);
  expect(scene.server.strangers).toEqual([]);

  const { 'not-attempted': notAttempted, failed, ...some } = json.counts;
  expect([notAttempted, failed]).toEqual([0, 0]);
  for (const [outcome, count] of Object.entries(some)) expect(count, outcome).toBeGreaterThan(5);

  const isProtected = new Set(input.protectedUsers);
  for (const { line, file, cells } of rows) {
    expect(cells, `line ${line}`).toMatchObject(input.others.get(line) ?? {});
    if (file !== 'invalid') expect(cells['User ID'], `line ${line}`).toMatch(/^\d+$/);
    if (file === 'protected') expect(isProtected).toContain(Number(cells['User ID']));
    if (file === 'forbidden') expect(forbidden).toContain(Number(cells['Workspace ID']));
  }
});

it('leaves nothing failed where 14 % of 2,000 rows’ requests meet a passing fault', {
  timeout: 120_000,
}, async () => {
  const pairs = makePairs(2_000, 50);
  const faults = createTransientFaults({ seed: 35, share: 0.14 });
  const scene = await setScene({
    pairs,
    members: pairs.filter((_, index) => index % 9 !== 0),
    script: faults.script,
  });

  const flags = ['--out', 'run', '--concurrency', '32', '--timeout', '5s'];
  const { exitCode } = await scene.run(['run', 'pairs.csv', ...flags], { limitMs: 55_000 });

  expect(exitCode).toBe(0);
  expect(scene.disagreements('run')).toEqual([]);
  const { json } = readReport(join(scene.cwd, 'run'));
  expect(json.counts.failed).toBe(0);
  expect(json.requests.sent).toBe(scene.server.requests.length);
  for (const [name, times] of faults.timesMet) expect(times, name).toBeGreaterThan(0);
});
