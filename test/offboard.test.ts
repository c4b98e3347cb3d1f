import { describe, expect, it } from 'vitest';
import { createPlanBuilder, type Plan } from '../src/plan/build-plan.ts';
import { startJob } from './support/job-in-memory.ts';
import { forbidden, page, removed, unauthorized } from './support/replies.ts';
import type { ScriptedRequest } from './support/scripted-api.ts';
import { attemptOn, sessionStarted } from './support/session-events.ts';

/** Users 1, 2, … of workspace 1, then as many records that are no removals. */
function planOf(removals: number, { invalid = 0, protectedUsers = [] as readonly number[] } = {}): Plan {
  const columns = { header: ['workspace_id', 'user_id'], workspace: 0, user: 1 };
  const builder = createPlanBuilder(columns, new Set(protectedUsers));
  for (let user = 1; user <= removals; user += 1) builder.add({ line: user + 1, cells: ['1', String(user)] });
  for (let at = 0; at < invalid; at += 1) builder.add({ line: removals + 2 + at, cells: ['1', 'x'] });
  return builder.finish();
}

describe('startSession', () => {
  it('announces itself in the journal, removes everybody, and closes with all on disk', async () => {
    const job = startJob({ plan: planOf(10) });
    expect(await job.exit()).toBe(0);
    expect(job.journal.events[0]).toEqual({
      event: 'session-started',
      session: 1,
      at: '2026-11-24T23:53:42.000Z',
      host: 'ops-1',
      pid: 17,
      version: '1.2.3',
      apiKeyFingerprint: 'sha256:key-1',
      settings: { rate: 100 },
      dryRun: false,
      retryForbidden: false,
    });
    expect(job.end()).toMatchObject({
      session: 1,
      status: 'completed',
      reason: null,
      message: null,
      exitCode: 0,
      unsent: { fresh: [], again: [] },
      left: 0,
      forbidden: 0,
    });
    expect(job.end()?.seconds).toBe(Math.round(job.clock.now()) / 1_000);
    expect(job.counts()).toEqual({ removed: 10 });
  });

  it('says that the wall clock was set meanwhile, and measures as before', async () => {
    const job = startJob({ plan: planOf(50) });
    await job.clock.advance(100);
    job.clock.shiftWall(-3_600_000);
    expect(await job.exit()).toBe(0);
    const warnings = job.journal.events.filter(({ event }) => event === 'warning');
    expect(warnings).toEqual([
      expect.objectContaining({
        text: expect.stringMatching(/^the wall clock moved 1 h back during the run:/),
      }),
    ]);
    expect(job.end()?.seconds).toBe(Math.round(job.clock.now()) / 1_000);
    expect(job.counts()).toEqual({ removed: 50 });
  });

  it('sends nothing in a dry run', async () => {
    const job = startJob({ plan: planOf(10), dryRun: true });
    expect(job.session.execution).toBeUndefined();
    expect(await job.exit()).toBe(0);
    expect(job.api.sent).toEqual([]);
    expect(job.counts()).toEqual({ 'not-attempted': 10 });
    expect(job.end()).toMatchObject({ status: 'completed', left: 10 });
  });

  it.each([
    { name: 'an invalid record', plan: planOf(3, { invalid: 1 }), code: 20, left: 0 },
    {
      name: 'an invalid record in a dry run',
      plan: planOf(3, { invalid: 1 }),
      dryRun: true,
      code: 20,
      left: 3,
    },
    {
      name: 'a forbidden one',
      plan: planOf(3),
      script: ({ number }: ScriptedRequest) => (number === 2 ? forbidden : removed),
      code: 20,
      left: 0,
    },
    {
      name: 'a failed one',
      plan: planOf(3),
      script: ({ pair }: ScriptedRequest) => (pair.user === 2 ? page(418) : removed),
      code: 20,
      left: 1,
    },
    { name: 'a refused key', plan: planOf(3), script: () => unauthorized, code: 23, left: 3 },
    { name: 'protected ones alone', plan: planOf(2, { protectedUsers: [1, 2] }), code: 0, left: 0 },
  ])('ends with $code for $name', async ({ code, left, ...setup }) => {
    const job = startJob(setup);
    expect(await job.exit()).toBe(code);
    expect(job.end()).toMatchObject({ exitCode: code, left });
  });

  it('says how many are forbidden, for --retry-forbidden', async () => {
    const job = startJob({ plan: planOf(5), script: ({ pair }) => (pair.user > 3 ? forbidden : removed) });
    await job.exit();
    expect(job.end()).toMatchObject({ forbidden: 2, left: 0 });
  });

  it('leaves for the next session what a signal kept it from', async () => {
    const job = startJob({ plan: planOf(100), script: () => ({ reply: removed, afterMs: 500 }) });
    await job.clock.advance(1_200);
    job.session.execution?.interrupt('SIGTERM');
    expect(await job.exit()).toBe(21);
    const { removed: done = 0 } = job.counts();
    expect(job.end()).toMatchObject({
      status: 'stopped',
      reason: 'interrupted',
      message: 'Stopped by SIGTERM.',
      left: 100 - done,
    });
    expect(done).toBeGreaterThan(0);
  });

  it.each([
    { name: 'nothing', script: () => removed, code: 0 },
    {
      name: 'a failed one',
      script: ({ pair }: ScriptedRequest) => (pair.user === 2 ? page(418) : removed),
      code: 20,
    },
  ])(
    'is done where a signal left it only the last answers to wait for, with $code for $name',
    async (row) => {
      const job = startJob({
        plan: planOf(3),
        script: (request) => ({ reply: row.script(request), afterMs: 500 }),
      });
      await job.clock.advance(200);
      job.session.execution?.interrupt('SIGTERM');
      expect(await job.exit()).toBe(row.code);
      expect(job.end()).toMatchObject({ status: 'completed', reason: null, message: null });
    },
  );

  it('counts its sessions on', async () => {
    const job = startJob({
      plan: planOf(2),
      earlier: [
        sessionStarted(),
        { event: 'starting', pass: 'fresh', throughLine: 2 },
        attemptOn(2),
        sessionStarted({ session: 2 }),
      ],
    });
    await job.exit();
    expect(job.end()).toMatchObject({ session: 3 });
  });

  it('says that a torn line was cut off', async () => {
    const job = startJob({ plan: planOf(1), tornBytes: 17 });
    await job.exit();
    expect(job.journal.events[1]).toMatchObject({
      event: 'warning',
      text: expect.stringContaining('17 bytes'),
    });
    expect(job.warnings[0]).toContain('17 bytes');
  });

  it.each([0, 1, 999, 1_000, 1_001, 2_500])(
    'names %d protected lines, at most 1,000 in a line',
    async (count) => {
      const users = Array.from({ length: count }, (_, at) => at + 1);
      const job = startJob({ plan: planOf(count + 1, { protectedUsers: users }) });
      await job.exit();
      const lines = job.journal.events.flatMap((event) => (event.event === 'protected' ? [event.lines] : []));
      expect(lines.flat()).toEqual(users.map((user) => user + 1));
      expect(Math.max(0, ...lines.map(({ length }) => length))).toBeLessThanOrEqual(1_000);
      expect(Math.min(1, ...lines.map(({ length }) => length))).toBe(1);
      expect(job.api.sent.map(({ pair }) => pair.user)).toEqual([count + 1]);
    },
  );

  it.each([
    { endsAt: 100_000, beganAt: 0, lastStart: 90_000, cut: 95_000 },
    { endsAt: 100_000, beganAt: 50_000, lastStart: 95_000, cut: 97_500 },
    { endsAt: 3_600_000, beganAt: 0, lastStart: 3_570_000, cut: 3_585_000 },
  ])(
    'starts nothing from $lastStart ms on and cuts at $cut ms where it must end at $endsAt ms',
    async (row) => {
      const { endsAt, beganAt, lastStart, cut } = row;
      const job = startJob({
        plan: planOf(2_000),
        script: ({ at }) => ({
          reply: removed,
          afterMs: at > lastStart - 5_000 ? Number.POSITIVE_INFINITY : 10,
        }),
        settings: { endsAt, beganAt, ratePerSecond: 0.5, concurrency: 64 },
      });
      expect(await job.exit()).toBe(21);
      expect(job.end()).toMatchObject({ reason: 'time-limit' });
      expect(job.clock.now()).toBeGreaterThanOrEqual(cut);
      expect(job.clock.now()).toBeLessThan(cut + 100);
      expect(job.api.sent.at(-1)?.at).toBeLessThan(lastStart);
      expect(job.api.sent.at(-1)?.at).toBeGreaterThan(lastStart - 2_100);
    },
  );

  it('ends in the error of a journal that cannot be written, and claims no end', async () => {
    const job = startJob({ plan: planOf(100), script: () => ({ reply: removed, afterMs: 500 }) });
    await job.clock.advance(800);
    job.journal.fail(new Error('ENOSPC'));
    await expect(job.exit()).rejects.toThrow('ENOSPC');
    expect(job.end()).toBeUndefined();
  });
});
