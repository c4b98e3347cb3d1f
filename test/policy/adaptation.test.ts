import { describe, expect, it } from 'vitest';
import { createAdaptation } from '../../src/policy/adaptation.ts';
import {
  type LimitAt,
  type LimitedServer,
  shared,
  slidingWindow,
  tokenBucket,
} from '../support/limited-server.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { simulatePace } from '../support/simulate-pace.ts';

const servers: readonly {
  readonly name: string;
  readonly make: () => LimitedServer;
  readonly rate?: number;
  /** Of the limit, 0.9 where nothing is said. */
  readonly least?: number;
}[] = [
  { name: 'a token bucket with Retry-After: 1', make: () => tokenBucket(60, 60, 1_000) },
  { name: 'a token bucket with a small burst', make: () => tokenBucket(60, 10, 1_000), least: 0.85 },
  { name: 'a token bucket with a large burst', make: () => tokenBucket(60, 600, 1_000) },
  { name: 'a token bucket without Retry-After', make: () => tokenBucket(60, 60, undefined) },
  { name: "Django's sliding window with whole-second Retry-After", make: () => slidingWindow(60, 1_000) },
  {
    name: 'a sliding window, without --rate',
    make: () => slidingWindow(60, 1_000),
    rate: Number.POSITIVE_INFINITY,
    least: 0.88,
  },
];

describe('createAdaptation', () => {
  it.each(servers)(
    'uses $name well, once met, and meets it in at most 3 % of the answers',
    ({ make, rate, least = 0.9 }) => {
      for (let seed = 1; seed <= 50; seed += 1) {
        const { answers, mostThrottled, usedShare } = simulatePace({
          server: make(),
          ratePerSecond: rate ?? 500,
          concurrency: 16,
          latencyMs: 20,
          durationMs: 120_000,
          random: seededRandom(seed),
        });
        expect(answers).toBeGreaterThan(1_000);
        expect(usedShare).toBeGreaterThanOrEqual(least);
        expect(mostThrottled).toBeLessThanOrEqual(0.03);
      }
    },
  );

  it.each([
    { name: '2/s', make: () => tokenBucket(2, 2, 1_000) },
    { name: '2/s, 20 at once', make: () => tokenBucket(2, 20, 1_000) },
    { name: '3/s without Retry-After', make: () => tokenBucket(3, 3, undefined) },
    { name: '5/s', make: () => tokenBucket(5, 5, 1_000) },
    { name: '5 in any second', make: () => slidingWindow(5, 1_000), least: 0.88 },
    { name: '120 a minute', make: () => slidingWindow(120, 60_000) },
  ])('finds a limit below the default of --rate: $name', ({ make, least = 0.9 }) => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const server = make();
      const { mostThrottled, usedShare } = simulatePace({
        server,
        ratePerSecond: 10,
        concurrency: 8,
        latencyMs: 50,
        durationMs: 1_200_000 / server.perSecond,
        random: seededRandom(seed),
      });
      expect(usedShare).toBeGreaterThanOrEqual(least);
      expect(mostThrottled).toBeLessThanOrEqual(0.03);
    }
  });

  it.each([5, 30])(
    'learns where Retry-After: 0 is meant as "less than a second", %d ms away',
    (latencyMs) => {
      for (const ratePerSecond of [10, 500]) {
        const { throttled, answers, usedShare } = simulatePace({
          server: tokenBucket(5, 10, 0),
          ratePerSecond,
          concurrency: 50,
          latencyMs,
          durationMs: 240_000,
          random: seededRandom(5),
        });
        expect(throttled / answers).toBeLessThanOrEqual(0.05);
        expect(usedShare).toBeGreaterThanOrEqual(0.85);
      }
    },
  );

  it.each([
    { name: '8/s, close below the default of --rate', make: () => slidingWindow(8, 1_000), rate: 10 },
    { name: '300 a minute', make: () => slidingWindow(300, 60_000), rate: 10 },
    { name: '1,000/s', make: () => tokenBucket(1_000, 1_000, 1_000), rate: 5_000 },
  ])('finds other limits as well: $name', ({ make, rate }) => {
    const { mostThrottled, usedShare } = simulatePace({
      server: make(),
      ratePerSecond: rate,
      concurrency: 64,
      latencyMs: 20,
      durationMs: rate > 10 ? 60_000 : 900_000,
      random: seededRandom(7),
    });
    expect(usedShare).toBeGreaterThanOrEqual(0.9);
    expect(mostThrottled).toBeLessThanOrEqual(0.03);
  });

  it.each([
    { name: 'a token bucket with Retry-After: 1', make: () => tokenBucket(60, 60, 1_000) },
    { name: 'a token bucket without Retry-After', make: () => tokenBucket(60, 60, undefined) },
    { name: "Django's sliding window", make: () => slidingWindow(60, 1_000) },
    {
      name: 'a bucket shared with somebody else',
      make: (random: () => number) => shared(tokenBucket(90, 90, 1_000), 30, random),
    },
  ])('leaves no seed of 1,000 starving at $name', ({ make }) => {
    const usedShares: number[] = [];
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const random = seededRandom(seed);
      const { servedAt, endedAt, throttled, answers } = simulatePace({
        server: make(random),
        ratePerSecond: 500,
        concurrency: 8,
        latencyMs: 2 + (seed % 40),
        durationMs: 120_000,
        removals: 1_800,
        random,
      });
      const after = servedAt.filter((at) => at >= 6_000).length / ((endedAt - 6_000) / 1_000);
      usedShares.push(after / 60);
      expect(servedAt.length / (endedAt / 1_000) / 60, `seed ${seed}`).toBeGreaterThanOrEqual(0.8);
      expect(throttled / answers, `seed ${seed}`).toBeLessThanOrEqual(0.015);
    }
    usedShares.sort((a, b) => a - b);
    expect(usedShares[0]).toBeGreaterThanOrEqual(0.8);
    expect(usedShares[500]).toBeGreaterThanOrEqual(0.92);
  });

  it.each([
    { name: 'a token bucket', make: (limit: LimitAt) => tokenBucket(limit, 60, 1_000), least: 0.85 },
    {
      name: 'a token bucket without Retry-After',
      make: (limit: LimitAt) => tokenBucket(limit, 60, undefined),
      least: 0.85,
    },
    // Trying a window's limit costs a second of waiting each time, so it is tried less often.
    { name: 'a sliding window', make: (limit: LimitAt) => slidingWindow(limit, 1_000), least: 0.6 },
  ])('follows the limit of $name from 60 to 20 to 100 a second', ({ make, least }) => {
    const phases = [60, 20, 100];
    const usedShares = phases.map((): number[] => []);
    for (let seed = 1; seed <= 100; seed += 1) {
      const { servedAt } = simulatePace({
        server: make((now) => phases[Math.min(2, Math.floor(now / 30_000))] ?? 0),
        ratePerSecond: 500,
        concurrency: 8,
        latencyMs: 20,
        durationMs: 90_000,
        random: seededRandom(seed),
      });
      for (const [phase, limit] of phases.entries()) {
        const from = phase * 30_000 + 6_000;
        const count = servedAt.filter((at) => at >= from && at < from + 24_000).length;
        usedShares[phase]?.push(count / 24 / limit);
      }
    }
    const medians = usedShares.map((shares) => shares.sort((a, b) => a - b)[50] ?? 0);
    expect(medians[0]).toBeGreaterThanOrEqual(0.92);
    expect(medians[1]).toBeGreaterThanOrEqual(0.85);
    expect(medians[2]).toBeGreaterThanOrEqual(least);
  });

  it('is not slowed down for long by being throttled right at the start, without a ceiling too', () => {
    for (const ratePerSecond of [500, Number.POSITIVE_INFINITY]) {
      const bucket = tokenBucket(60, 60, 1_000);
      const { endedAt } = simulatePace({
        server: {
          perSecond: 60,
          refuses: (now) => (now < 100 ? { retryAfterMs: 1_000 } : bucket.refuses(now)),
        },
        ratePerSecond,
        concurrency: 8,
        latencyMs: 20,
        durationMs: 60_000,
        removals: 30,
        random: seededRandom(4),
      });
      expect(endedAt).toBeLessThan(4_000);
    }
  });

  it('tries the ceiling until it is throttled', () => {
    expect(createAdaptation(500).rateAt(1e6)).toBe(500);
    expect(createAdaptation(Number.POSITIVE_INFINITY).rateAt(0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is at 90 % of its guess after the first spell, and at 98 % soon, without a ceiling too', () => {
    const adaptation = createAdaptation(Number.POSITIVE_INFINITY);
    for (let now = 0; now < 1_000; now += 10) adaptation.served(now);
    expect(adaptation.throttled(1_000, 990)).toBe(true);
    adaptation.resumed(2_000);
    // Served: 50/s over all.
    expect(adaptation.rateAt(2_000)).toBeCloseTo(0.9 * 50, 6);
    expect(adaptation.rateAt(3_000)).toBeCloseTo(0.98 * 50, 6);
  });

  it('begins with 15 a second, or a quarter of the ceiling, where nothing at all was served', () => {
    for (const [ceiling, guess] of [
      [Number.POSITIVE_INFINITY, 15],
      [500, 15],
      [10, 2.5],
    ] as const) {
      const adaptation = createAdaptation(ceiling);
      adaptation.throttled(10, 0);
      adaptation.resumed(1_000);
      expect(adaptation.rateAt(1_000)).toBeCloseTo(0.9 * guess, 6);
    }
  });

  it('stays with its guess where nothing was served twice in a row, and learns again once something is', () => {
    const adaptation = createAdaptation(100);
    for (let now = 0; now < 60_000; now += 1_000) {
      adaptation.throttled(now + 10, now);
      adaptation.resumed(now + 1_000);
      expect(adaptation.rateAt(now + 1_000)).toBeCloseTo(0.9 * 15, 6);
    }
    adaptation.served(60_500);
    adaptation.throttled(60_600, 60_550);
    adaptation.resumed(62_000);
    expect(adaptation.rateAt(62_000)).toBeLessThan(10);
  });

  it('does not punish one overload twice', () => {
    const adaptation = createAdaptation(100);
    adaptation.served(0);
    expect(adaptation.throttled(1_000, 900)).toBe(true);
    adaptation.resumed(3_000);
    const rate = adaptation.rateAt(3_000);
    expect(adaptation.throttled(1_010, 950)).toBe(false);
    expect(adaptation.rateAt(3_000)).toBe(rate);
    expect(adaptation.throttled(3_100, 3_000)).toBe(true);
  });

  it('climbs back to the ceiling when it is not throttled again', () => {
    const adaptation = createAdaptation(100);
    adaptation.served(0);
    adaptation.throttled(1_000, 900);
    adaptation.resumed(2_000);
    expect(adaptation.rateAt(60_000)).toBe(100);
  });

  it('never stops altogether', () => {
    const adaptation = createAdaptation(10);
    for (let now = 1_000; now < 100_000; now += 1_000) {
      adaptation.throttled(now, now);
      adaptation.resumed(now + 500);
      expect(adaptation.rateAt(now + 500)).toBeGreaterThan(0);
    }
  });
});
