import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Random } from '../../src/effects.ts';
import type { JournalEvent } from '../../src/journal/journal-event.ts';
import {
  apiAnswer,
  forbidden,
  lost,
  notFound,
  page,
  refused,
  removed,
  throttled,
} from '../support/replies.ts';
import type { Scripted, ScriptedRequest } from '../support/scripted-api.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { startBench } from '../support/session-bench.ts';

const removals = 40;
const workspaces = 4;
const forbiddenWorkspace = 3;

/** An instance that knows who is a member, and whose answers get lost or spoiled on the way. */
function createInstance(random: Random, faults: number) {
  const everMembers = new Set<number>();
  for (let user = 1; user <= removals; user += 1) if (random() < 0.7) everMembers.add(user);
  const members = new Set(everMembers);

  function act({ pair }: ScriptedRequest): Scripted {
    if (pair.workspace === forbiddenWorkspace) return forbidden;
    return members.delete(pair.user) ? removed : notFound;
  }

  function answer(request: ScriptedRequest): Scripted {
    if (random() >= faults) return act(request);
    const isActedOn = random() < 0.5;
    if (isActedOn) act(request);
    const whereActedOn = [
      lost('connection-lost', true),
      lost('timeout', true),
      page(500),
      page(502),
      page(202),
    ];
    const whereNot = [...whereActedOn, refused, throttled(0.2), apiAnswer(503), page(404), page(403)];
    const replies = isActedOn ? whereActedOn : whereNot;
    return replies[Math.floor(random() * replies.length)] ?? refused;
  }

  return {
    answer: (request: ScriptedRequest): Scripted => {
      const scripted = answer(request);
      return 'reply' in scripted ? scripted : { reply: scripted, afterMs: 5 + random() * 40 };
    },
    wasMember: (user: number) => everMembers.has(user),
    isMember: (user: number) => members.has(user),
  };
}

/** Runs `kills.length` sessions that are killed after so many milliseconds, and a last one to its end. */
async function runThrough(seed: number, faults: number, kills: readonly number[], maxAttempts: number) {
  const instance = createInstance(seededRandom(seed), faults);
  const settings = { concurrency: 6, ratePerSecond: 200, maxAttempts, workspaces };
  let earlier: readonly JournalEvent[] = [];
  for (const [session, killMs] of kills.entries()) {
    const bench = startBench({
      removals,
      workspaces,
      script: instance.answer,
      settings,
      earlier,
      seed: seed + session,
    });
    await bench.clock.advance(killMs);
    earlier = bench.journal.events.slice(0, bench.journal.durableBytes());
  }
  const bench = startBench({ removals, workspaces, script: instance.answer, settings, earlier, seed });
  await bench.finish();
  return { instance, bench };
}

describe('a run that is killed anywhere, and run again', () => {
  it('never says of anybody what is not so', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom(0, 0.1, 0.4),
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        async (seed, faults, kills, maxAttempts) => {
          const { instance, bench } = await runThrough(seed, faults, kills, maxAttempts);
          for (let user = 1; user <= removals; user += 1) {
            const line = user + 1;
            const last = bench.lastOn(line);
            const outcome = bench.outcomeOn(line);
            const said = `line ${line}: ${outcome} (${last?.event === 'settled' ? last.reason : ''})`;
            if (outcome === 'removed') {
              expect(instance.wasMember(user) && !instance.isMember(user), said).toBe(true);
            } else if (outcome === 'not-found') {
              expect(instance.isMember(user), said).toBe(false);
              // Without a lost reply of ours it was nobody's doing but others'.
              if (last?.event === 'settled' && last.reason === 'absent') {
                expect(instance.wasMember(user), said).toBe(false);
              }
            } else if (outcome === 'forbidden') {
              expect((user - 1) % workspaces).toBe(forbiddenWorkspace - 1);
            } else if (instance.wasMember(user) && !instance.isMember(user)) {
              expect(bench.ledger.hasLostReply(user - 1), `${said} is perhaps removed`).toBe(true);
            }
          }
        },
      ),
      { seed: 20261124, numRuns: 150 },
    );
  });

  it('settles everybody truly where nothing but kills goes wrong', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 5 }),
        async (seed, kills) => {
          const { bench } = await runThrough(seed, 0, kills, 5);
          expect(Object.keys(bench.counts()).sort()).toEqual(['forbidden', 'not-found', 'removed']);
        },
      ),
      { seed: 5, numRuns: 50 },
    );
  });

  it('calls at most 2 × concurrency removals perhaps sent, for each kill, that never were', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 300 }), async (seed, killMs) => {
        const instance = createInstance(seededRandom(seed), 0);
        const settings = { concurrency: 3, ratePerSecond: 60, workspaces };
        const bench = startBench({ removals, workspaces, script: instance.answer, settings, seed });
        await bench.clock.advance(killMs);
        const onDisk = bench.journal.events.slice(0, bench.journal.durableBytes());
        const again = startBench({
          removals,
          workspaces,
          script: instance.answer,
          settings,
          earlier: onDisk,
        });
        let neverSent = 0;
        for (let index = 0; index < removals; index += 1) {
          if (again.ledger.hasLostReply(index) && bench.sentOn(index + 2).length === 0) neverSent += 1;
        }
        expect(neverSent).toBeLessThanOrEqual(6);
        await again.finish();
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  it('counts those among them that wait for a connection', async () => {
    for (let answered = 0; answered <= 30; answered += 1) {
      const written = new Set<number>();
      const script = ({ number, pair }: ScriptedRequest): Scripted => {
        if (number > answered)
          return { reply: lost('timeout', false), afterMs: 30_000, connectMs: Number.POSITIVE_INFINITY };
        written.add(pair.user);
        return { reply: removed, afterMs: 20 + 7 * number };
      };
      const settings = { concurrency: 3, ratePerSecond: 60, workspaces };
      const bench = startBench({ removals, workspaces, script, settings });
      await bench.clock.advance(2_000);
      const earlier = bench.journal.events.slice(0, bench.journal.durableBytes());
      const again = startBench({ removals, workspaces, script: () => removed, settings, earlier });
      let neverSent = 0;
      for (let index = 0; index < removals; index += 1) {
        if (again.ledger.hasLostReply(index) && !written.has(index + 1)) neverSent += 1;
      }
      expect(neverSent).toBeLessThanOrEqual(6);
      await again.finish();
    }
  });

  it('calls hardly one perhaps removed whose answers said that nothing was done', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 3_000 }), async (seed, killMs) => {
        const random = seededRandom(seed);
        const script = () => ({
          reply: random() < 0.5 ? apiAnswer(503) : removed,
          afterMs: 5 + random() * 40,
        });
        const settings = { concurrency: 2, ratePerSecond: 60, workspaces };
        const bench = startBench({ removals, workspaces, script, settings, seed });
        await bench.clock.advance(killMs);
        const earlier = bench.journal.events.slice(0, bench.journal.durableBytes());
        const again = startBench({ removals, workspaces, script: () => removed, settings, earlier });
        let called = 0;
        for (let index = 0; index < removals; index += 1) {
          const line = index + 2;
          const answers = earlier.filter((event) => event.event === 'attempt' && event.line === line).length;
          const isUnderWay = bench.sentOn(line).length > answers;
          if (again.ledger.hasLostReply(index) && !isUnderWay) called += 1;
        }
        expect(called).toBeLessThanOrEqual(4);
        await again.finish();
      }),
      { seed: 7, numRuns: 100 },
    );
  });
});
