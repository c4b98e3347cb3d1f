import { describe, expect, it } from 'vitest';
import { createAdaptation } from '../../src/policy/adaptation.ts';
import { type LimitedServer, slidingWindow, tokenBucket } from '../support/limited-server.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { simulatePace } from '../support/simulate-pace.ts';

const servers: readonly {
  readonly name: string;
  readonly make: () => LimitedServer;
  readonly rate?: number;
}[] = [
  { name: 'a token bucket with Retry-After: 1', make: () => tokenBucket(60, 60, 1_000) },
  { name: 'a token bucket with a small burst', make: () => tokenBucket(60, 10, 1_000) },
  { name: 'a token bucket with a large burst', make: () => tokenBucket(60, 600, 1_000) },
  { name: 'a token bucket without Retry-After', make: () => tokenBucket(60, 60, undefined) },
  { name: "Django's sliding window with whole-second Retry-After", make: () => slidingWindow(60, 1_000) },
  {
    name: 'a sliding window, without --rate',
    make: () => slidingWindow(60, 1_000),
    rate: Number.POSITIVE_INFINITY,
  },
];

describe('createAdaptation', () => {
  it.each(servers)(
    'uses 90 % of $name, once met, and meets it in at most 3 % of the answers',
    ({ make, rate }) => {
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
        expect(usedShare).toBeGreaterThanOrEqual(0.9);
        expect(mostThrottled).toBeLessThanOrEqual(0.03);
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

  it('finds a limit that was raised', () => {
    const low = tokenBucket(40, 40, 1_000);
    const high = tokenBucket(80, 80, 1_000);
    const { starts } = simulatePace({
      server: { perSecond: 80, refuses: (now) => (now < 120_000 ? low : high).refuses(now) },
      ratePerSecond: 500,
      concurrency: 16,
      latencyMs: 20,
      durationMs: 600_000,
      random: seededRandom(3),
    });
    const inLastMinute = starts.filter((at) => at >= 540_000).length;
    expect(inLastMinute / 60).toBeGreaterThan(72);
  });

  it('tries the ceiling until it is throttled', () => {
    expect(createAdaptation(500).rateAt(1e6)).toBe(500);
    expect(createAdaptation(Number.POSITIVE_INFINITY).rateAt(0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is at 93 % of its guess after the first spell, without a ceiling too', () => {
    const adaptation = createAdaptation(Number.POSITIVE_INFINITY);
    for (let now = 0; now < 1_000; now += 10) adaptation.served(now);
    expect(adaptation.throttled(1_000, 990)).toBe(true);
    adaptation.resumed(2_000);
    // Served: 100/s while they could start, 50/s over all.
    expect(adaptation.rateAt(2_000)).toBeCloseTo(0.93 * Math.sqrt(100 * 50), 6);
    expect(adaptation.rateAt(4_000)).toBeCloseTo(Math.sqrt(100 * 50), 6);
  });

  it('takes no more than three quarters off at once, where nothing at all was served', () => {
    const adaptation = createAdaptation(100);
    adaptation.throttled(10, 0);
    adaptation.resumed(1_000);
    expect(adaptation.rateAt(1_000)).toBeCloseTo(0.93 * 25, 6);
  });

  it('stays with its guess where nothing was served twice in a row, and learns again once something is', () => {
    const adaptation = createAdaptation(100);
    for (let now = 0; now < 60_000; now += 1_000) {
      adaptation.throttled(now + 10, now);
      adaptation.resumed(now + 1_000);
      expect(adaptation.rateAt(now + 1_000)).toBeCloseTo(0.93 * 25, 6);
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
