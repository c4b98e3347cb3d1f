import { describe, expect, it } from 'vitest';
import { createAdaptation } from '../../src/policy/adaptation.ts';
import { type LimitedServer, slidingWindow, tokenBucket } from '../support/limited-server.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { simulatePace } from '../support/simulate-pace.ts';

const servers: readonly { readonly name: string; readonly make: () => LimitedServer }[] = [
  { name: 'a token bucket with Retry-After: 1', make: () => tokenBucket(60, 60, 1_000) },
  { name: 'a token bucket with a small burst', make: () => tokenBucket(60, 10, 1_000) },
  { name: 'a token bucket without Retry-After', make: () => tokenBucket(60, 60, undefined) },
  { name: "Django's sliding window with whole-second Retry-After", make: () => slidingWindow(60, 1_000) },
];

describe('createAdaptation', () => {
  it.each(servers)('uses 90 % of $name, and meets it in at most 3 % of the answers', ({ make }) => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const { answers, throttled, usedShare } = simulatePace({
        server: make(),
        ratePerSecond: 500,
        concurrency: 32,
        latencyMs: 20,
        durationMs: 150_000,
        random: seededRandom(seed),
      });
      expect(answers).toBeGreaterThan(1_000);
      expect(usedShare).toBeGreaterThanOrEqual(0.9);
      expect(throttled / answers).toBeLessThanOrEqual(0.03);
    }
  });

  it('tries the ceiling until it is throttled', () => {
    expect(createAdaptation(500).rateAt(1e6)).toBe(500);
    expect(createAdaptation(Number.POSITIVE_INFINITY).rateAt(0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('halves what was served when it is throttled first, without a ceiling too', () => {
    const adaptation = createAdaptation(Number.POSITIVE_INFINITY);
    for (let now = 0; now < 1_000; now += 10) adaptation.served(now);
    expect(adaptation.throttled(1_000, 990)).toBe(true);
    adaptation.resumed(2_000);
    expect(adaptation.rateAt(2_000)).toBeLessThanOrEqual(52);
    expect(adaptation.rateAt(2_000)).toBeGreaterThan(40);
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
