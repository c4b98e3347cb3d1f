import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Behaviour } from '../support/behaviour.ts';
import { type ReportRow, readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';
import { startTruthServer } from '../support/truth-server.ts';

afterAll(clearScenes);

const acts = true;
const page = { headers: { 'content-type': 'text/html' }, body: '<!doctype html><h1>Not the API</h1>' };
const soon = { headers: { 'retry-after': '0.05' } };

const answer = (status: number, rest: object = {}): Behaviour => ({ kind: 'answer', status, ...rest });
const says = (status: number, rest: object = {}): Behaviour =>
  answer(status, { body: { error: 'some_error', detail: `It is ${status}.` }, ...rest });
const raw = (text: string): Behaviour => ({ kind: 'no-http', acts, bytes: text.replaceAll('\n', '\r\n') });
const hugeBody: Behaviour = { kind: 'big-body', status: 404, bytes: 10_000_000 };
const plainText: Behaviour = answer(404, { body: 'default backend - 404' });

describe('an answer that comes once', () => {
  type Row = readonly [name: string, Behaviour, outcome: keyof typeof endings];
  const endings = {
    removed: { outcome: 'removed', reason: 'deleted', attempts: 1 },
    absent: { outcome: 'not-found', reason: 'absent', attempts: 1 },
    'removed later': { outcome: 'removed', reason: 'deleted', attempts: 2 },
    'absent later': { outcome: 'not-found', reason: 'absent-after-lost-reply', attempts: 2 },
  } as const;
  const table: readonly Row[] = [
    ['204', { kind: 'usual' }, 'removed'],
    ['204 as HTTP/1.0', { kind: 'http10' }, 'removed'],
    ['204 with a body', raw('HTTP/1.1 204 No Content\nContent-Length: 5\n\nhello'), 'removed'],
    ['204, body endless', raw('HTTP/1.1 204 OK\nTransfer-Encoding: chunked\n\n5\nhello\n'), 'removed'],
    ['200, empty', answer(200, { acts }), 'removed'],
    ['200, JSON', answer(200, { acts, body: { id: 1 } }), 'removed'],
    ['404, empty', answer(404), 'absent'],
    ['404, JSON', says(404), 'absent'],
    ['410, JSON', says(410), 'absent'],
    ['reset before the removal', { kind: 'reset-before' }, 'removed later'],
    ['reset after the removal', { kind: 'reset-after' }, 'absent later'],
    ['reset within the body of a 404', { kind: 'cut-body', status: 404 }, 'removed later'],
    ['reset within the body of a 200', { kind: 'cut-body', status: 200, acts }, 'absent later'],
    ['no answer in time, not done', { kind: 'hang' }, 'removed later'],
    ['no answer in time, but done', { kind: 'hang', acts }, 'absent later'],
    ['404 in chunks that never end', { kind: 'endless-chunks', status: 404 }, 'removed later'],
    ['200 in chunks that never end', { kind: 'endless-chunks', status: 200, acts }, 'absent later'],
    ['404 of 10 MB', hugeBody, 'removed later'],
    ['404 in plain text', plainText, 'removed later'],
    ['403 page of a firewall', answer(403, page), 'removed later'],
    ['200 sign-in page', { kind: 'sign-in-page', status: 200 }, 'removed later'],
    ['200 with an error', says(200, { acts }), 'absent later'],
    ['202', answer(202, { acts, body: {} }), 'absent later'],
    ['408', says(408), 'removed later'],
    ['425', says(425), 'removed later'],
    ['429', says(429, soon), 'removed later'],
    ['403 with Retry-After', says(403, soon), 'removed later'],
    ['500 of the API', says(500, { acts }), 'absent later'],
    ['502 page', answer(502, { ...page, acts }), 'absent later'],
    ['503 of the API', says(503), 'removed later'],
    ['503 page', answer(503, { ...page, acts }), 'absent later'],
    ['504 page', answer(504, { ...page, acts }), 'absent later'],
    ['524 page', answer(524, { ...page, acts }), 'absent later'],
  ];
  const run = runOnce(
    table.map(([, behaviour]) => behaviour),
    { timesAtMost: 1, timeout: '5s', isMember: (index) => table[index]?.[2] !== 'absent' },
  );

  it.each(table.map(([name, , ending], index) => ({ name, ending, index })))(
    '$name: $ending',
    ({ ending, index }) => {
      expect(run.rowOf(index)).toMatchObject(endings[ending]);
    },
  );

  it('leaves nothing to do, and a report that can be trusted', () => {
    expect(run.exitCode()).toBe(0);
    expect(run.scene().disagreements('run')).toEqual([]);
  });
});

describe('an answer that comes every time', () => {
  type Row = readonly [name: string, Behaviour, reason: string, detail: string];
  const perhaps = 'perhaps removed';
  const stranger = 'not an answer of the API';
  const tried: readonly Row[] = [
    ['reset', { kind: 'reset-before' }, 'connection-lost', `${perhaps}; ECONNRESET`],
    ['no answer in time', { kind: 'hang' }, 'timeout', perhaps],
    ['404 that breaks off', { kind: 'cut-body', status: 404 }, 'connection-lost', perhaps],
    ['404 in chunks that never end', { kind: 'endless-chunks', status: 404 }, 'connection-lost', perhaps],
    ['500 that breaks off', { kind: 'cut-body', status: 500 }, 'http-500', perhaps],
    ['500 of the API', says(500), 'http-500', `${perhaps}; some_error: It is 500.`],
    ['500 page', answer(500, page), 'http-500', perhaps],
    ['502 page', answer(502, page), 'http-502', perhaps],
    ['503 of the API', says(503), 'http-503', 'some_error: It is 503.'],
    ['503 page', answer(503, page), 'http-503', perhaps],
    ['504 of the API', says(504), 'http-504', perhaps],
    ['524 page', answer(524, page), 'http-524', perhaps],
    ['408', says(408), 'http-408', 'some_error: It is 408.'],
    ['425', says(425), 'http-425', 'some_error: It is 425.'],
    ['404 of 10 MB', hugeBody, 'unrecognised-404', stranger],
    ['404 in plain text', plainText, 'unrecognised-404', stranger],
    ['410 page', answer(410, page), 'unrecognised-410', stranger],
    ['403 page', answer(403, page), 'unrecognised-403', stranger],
    [
      '200 sign-in page',
      { kind: 'sign-in-page', status: 200 },
      'unrecognised-200',
      `${perhaps}; ${stranger}`,
    ],
    ['202', answer(202, { body: {} }), 'unrecognised-202', perhaps],
  ];
  const atOnce: readonly Row[] = [
    ...[400, 405, 409, 418, 422].map(
      (status): Row => [`${status}`, says(status), `http-${status}`, `some_error: It is ${status}.`],
    ),
    ...[501, 505].map(
      (status): Row => [
        `${status}`,
        says(status),
        `http-${status}`,
        `${perhaps}; some_error: It is ${status}.`,
      ],
    ),
    ['304', answer(304), 'http-304', ''],
  ];
  const forbidden: readonly Row[] = [
    ['403 of the API', says(403), 'insufficient-rights', 'some_error: It is 403.'],
    ['403, empty', answer(403), 'insufficient-rights', ''],
  ];
  const table = [
    ...tried.map((row) => ({ row, outcome: 'failed', attempts: 2 })),
    ...atOnce.map((row) => ({ row, outcome: 'failed', attempts: 1 })),
    ...forbidden.map((row) => ({ row, outcome: 'forbidden', attempts: 1 })),
  ];
  const run = runOnce(
    table.map(({ row: [, behaviour] }) => behaviour),
    // Slow enough for others to get through while what hangs is tried twice: else that would be an outage.
    { timesAtMost: Number.POSITIVE_INFINITY, timeout: '3s', rate: 40 },
  );
  it.each(
    table.map(({ row: [name, , reason, detail], ...rest }, index) => ({
      name,
      reason,
      detail,
      index,
      ...rest,
    })),
  )('$name: $outcome, $reason', ({ reason, detail, index, outcome, attempts }) => {
    const row = run.rowOf(index);
    expect(row).toMatchObject({ outcome, reason });
    // Attempts that are used up while nothing else gets through are followed by another one.
    if (attempts > 1) expect(row?.attempts).toBeGreaterThanOrEqual(attempts);
    else expect(row?.attempts).toBe(attempts);
    expect(row?.detail.slice(0, detail.length)).toBe(detail);
    expect(row?.detail.startsWith(perhaps)).toBe(detail.startsWith(perhaps));
  });

  it('needs a person, and is in a report that can be trusted', () => {
    expect(run.exitCode()).toBe(20);
    expect(run.scene().disagreements('run')).toEqual([]);
  });
});

describe('a redirect', () => {
  it('is never followed: the key goes nowhere else', async () => {
    const statuses = [301, 302, 303, 307, 308];
    const pairs = makePairs(statuses.length);
    const elsewhere = await startTruthServer({ members: pairs });
    try {
      const location = ({ path }: { readonly path: string }) => ({ location: `${elsewhere.url}${path}` });
      const scene = await setScene({
        pairs,
        script: (seen) => answer(statuses[pairs.indexOf(seen.pair)] ?? 0, { headers: location(seen) }),
      });

      const { exitCode } = await scene.run(['run', 'pairs.csv', '--out', 'run']);

      expect(exitCode).toBe(20);
      expect(scene.disagreements('run')).toEqual([]);
      const { rows } = readReport(join(scene.cwd, 'run'));
      expect(rows.map(({ status }) => Number(status))).toEqual(statuses);
      for (const row of rows)
        expect(row).toMatchObject({ outcome: 'failed', reason: 'redirect', attempts: 1 });
      expect([elsewhere.requests, elsewhere.strangers, elsewhere.connections]).toEqual([[], [], 0]);
    } finally {
      await elsewhere.close();
    }
  });
});

describe('three records that strangers answer', () => {
  it('are too few to call the address wrong: they fail, exit 20', async () => {
    const three = makePairs(3);
    const scene = await setScene({ pairs: three, script: () => ({ kind: 'sign-in-page', status: 404 }) });

    expect((await scene.run(['run', 'pairs.csv', '--out', 'run', '--max-attempts', '2'])).exitCode).toBe(20);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.reasons.failed).toEqual({ 'unrecognised-404': 3 });
  });
});

/**
 * One run of a record for each behaviour, for the tests of one describe. They stand among so many others that ten
 * failures in a row, which would be an outage, never come.
 */
function runOnce(
  behaviours: readonly Behaviour[],
  {
    timesAtMost,
    timeout,
    rate = 200,
    isMember = () => true,
  }: { timesAtMost: number; timeout: string; rate?: number; isMember?: (index: number) => boolean },
) {
  const special = behaviours.map((_, index) => `2/${1 + index}`);
  const others = makePairs(200 + 4 * special.length, 1);
  const pairs = [
    ...special.flatMap((pair, index) => [...others.slice(4 * index, 4 * index + 4), pair]),
    ...others.slice(4 * special.length),
  ];
  let scene: Scene;
  let exitCode: number | null;
  let rows: ReadonlyMap<string, ReportRow>;

  beforeAll(async () => {
    scene = await setScene({
      pairs,
      members: pairs.filter((pair) => !special.includes(pair) || isMember(special.indexOf(pair))),
      script: ({ pair, nth }) => (nth <= timesAtMost ? behaviours[special.indexOf(pair)] : undefined),
    });
    const flags = ['--out', 'run', '--rate', `${rate}`, '--timeout', timeout, '--max-attempts', '2'];
    ({ exitCode } = await scene.run(['run', 'pairs.csv', '--concurrency', '16', ...flags], {
      limitMs: 50_000,
    }));
    const report = readReport(join(scene.cwd, 'run'));
    rows = new Map(
      report.rows.map((row) => [`${row.cells['workspace_id']}/${row.cells['user_id']}`, row] as const),
    );
  });

  return {
    scene: () => scene,
    exitCode: () => exitCode,
    rowOf: (index: number) => rows.get(special[index] ?? ''),
  };
}
