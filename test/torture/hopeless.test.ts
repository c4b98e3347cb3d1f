import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Behaviour } from '../support/behaviour.ts';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const maxOutage = '20s';
const words = ['run', 'pairs.csv', '--out', 'run', '--rate', '100', '--max-outage', maxOutage];

const forms: readonly { readonly form: string; readonly behaviour: Behaviour }[] = [
  {
    form: "the API's JSON",
    behaviour: { kind: 'answer', status: 500, body: { error: 'internal_error', detail: 'Oops.' } },
  },
  {
    form: 'an HTML page',
    behaviour: {
      kind: 'answer',
      status: 500,
      headers: { 'content-type': 'text/html' },
      body: '<h1>Server Error (500)</h1>',
    },
  },
];

const places = [
  { place: 'one at the end', rows: 200, hopeless: (index: number) => index === 199 },
  { place: 'two alone in the file', rows: 2, hopeless: () => true },
  { place: 'one in fifty', rows: 200, hopeless: (index: number) => index % 50 === 25 },
];

describe.concurrent('records that are always answered with 500', { timeout: 120_000 }, () => {
  for (const { form, behaviour } of forms) {
    it.each(places)(`by ${form}, $place: are failed, exit 20, and the run again ends, too`, async (where) => {
      const { place, rows, hopeless } = where;
      const pairs = makePairs(rows);
      const scene = await setScene({
        pairs,
        script: ({ pair }) => (hopeless(pairs.indexOf(pair)) ? behaviour : undefined),
      });
      const expected = pairs.filter((_, index) => hopeless(index)).length;
      for (const time of ['first', 'second']) {
        const sentBefore = scene.server.requests.length;
        const startedAt = performance.now();
        const { exitCode, stderr } = await scene.run(words, { limitMs: 60_000 });
        const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
        const sent = scene.server.requests.length - sentBefore;
        console.log(`${form}, ${place}, ${time} run: exit ${exitCode} after ${seconds} s, ${sent} requests`);
        expect(exitCode, stderr).toBe(20);
        expect(scene.disagreements('run')).toEqual([]);
        const { json } = readReport(join(scene.cwd, 'run'));
        expect(json.counts).toMatchObject({ removed: rows - expected, failed: expected, 'not-attempted': 0 });
        expect(json.reasons.failed).toEqual({ 'http-500': expected });
      }
    });
  }
});
