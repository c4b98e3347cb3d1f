import { describe, expect, it } from 'vitest';
import type { StatedLimit } from '../../src/policy/stated-limit.ts';
import { createStatedPace } from '../../src/policy/stated-pace.ts';
import { type LimitedServer, slidingWindow, tokenBucket } from '../support/limited-server.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { simulatePace } from '../support/simulate-pace.ts';

function quota(requests: number, windowMs: number, usedUpMs = 0): StatedLimit {
  return { quota: { requests, windowMs }, untilReset: undefined, usedUpMs };
}

function untilReset(requests: number, resetMs: number, usedUpMs = 0): StatedLimit {
  return { quota: undefined, untilReset: { requests, resetMs }, usedUpMs };
}

describe('createStatedPace', () => {
  it.each([
    { name: 'a quota', states: () => quota(60, 1_000) },
    { name: 'a limit until its reset, in whole seconds', states: () => untilReset(60, 1_000) },
  ])('meets no limit that was stated by $name, after the first answer, and uses it', ({ states }) => {
    const makers: readonly (() => LimitedServer)[] = [
      () => slidingWindow(60, 1_000),
      () => tokenBucket(60, 60, 1_000),
      () => ({ perSecond: 60, refuses: fixedWindow(60) }),
    ];
    for (const make of makers) {
      for (let seed = 1; seed <= 50; seed += 1) {
        const { throttledLater, servedAt, endedAt } = simulatePace({
          server: { ...make(), states },
          ratePerSecond: 500,
          concurrency: 8,
          latencyMs: 20,
          durationMs: 60_000,
          removals: 1_200,
          random: seededRandom(seed),
        });
        expect(throttledLater).toBe(0);
        expect(servedAt.length / (endedAt / 1_000)).toBeGreaterThan(0.92 * 60);
      }
    }
  });

  it('counts what was sent before anything was said', () => {
    const pace = createStatedPace();
    for (let sent = 0; sent < 10; sent += 1) pace.started(sent);
    expect(pace.roomAt()).toBe(Number.NEGATIVE_INFINITY);
    expect(pace.told(quota(10, 1_000), 0, 20)).toEqual({ requests: 10, windowMs: 1_000 });
    expect(pace.roomAt()).toBe(1_005);
    pace.started(1_005);
    expect(pace.roomAt()).toBe(1_006);
    expect(pace.perSecond()).toBeCloseTo(9.8, 6);
  });

  it('takes its share where several processes send with one key', () => {
    const pace = createStatedPace(4);
    pace.told(quota(100, 1_000), 0, 0);
    expect(pace.perSecond()).toBeCloseTo(24.5, 6);
    for (let sent = 0; sent < 25; sent += 1) pace.started(sent);
    expect(pace.roomAt()).toBe(1_005);
  });

  it('says a quota once, and another one when three answers in a row have stated it', () => {
    const pace = createStatedPace();
    expect(pace.perSecond()).toBe(Number.POSITIVE_INFINITY);
    expect(pace.told(quota(60, 1_000), 0, 0)).toBeDefined();
    expect(pace.told(quota(60, 1_000), 0, 0)).toBeUndefined();
    expect([1, 2].map(() => pace.told(quota(20, 1_000), 0, 0))).toEqual([undefined, undefined]);
    expect(pace.perSecond()).toBeCloseTo(0.98 * 60, 6);
    expect(pace.told(quota(20, 1_000), 0, 0)).toBeDefined();
    expect(pace.perSecond()).toBeCloseTo(0.98 * 20, 6);
  });

  it('is not moved by a stray answer now and then', () => {
    const pace = createStatedPace();
    for (let answer = 0; answer < 100; answer += 1) {
      pace.told(answer % 3 === 2 ? quota(1, 60_000) : quota(60, 1_000), 0, 0);
    }
    expect(pace.perSecond()).toBeCloseTo(0.98 * 60, 6);
  });

  it('forgets a quota that is stated no more', () => {
    const pace = createStatedPace();
    pace.told(quota(1, 60_000), 0, 0);
    for (let answer = 0; answer < 3; answer += 1) pace.told(undefined, 0, 0);
    expect(pace.perSecond()).toBe(Number.POSITIVE_INFINITY);
    expect(pace.roomAt()).toBe(Number.NEGATIVE_INFINITY);
  });

  it('takes the longest time until a reset for the window, of those lately', () => {
    const pace = createStatedPace();
    const tell = (requests: number, resetMs: number, now: number) => {
      for (let answer = 0; answer < 3; answer += 1) pace.told(untilReset(requests, resetMs), 0, now);
    };
    tell(600, 37_200, 0);
    tell(600, 200, 10_000);
    expect(pace.perSecond()).toBeCloseTo((0.98 * 600) / 38, 6);
    tell(600, 60_000, 20_000);
    expect(pace.perSecond()).toBeCloseTo(0.98 * 10, 6);
    // One that never comes again was a slip.
    tell(600, 1_000, 100_000);
    tell(600, 900, 150_000);
    expect(pace.perSecond()).toBeCloseTo(0.98 * 600, 6);
    // Another limit has a window of its own; one that ends in an hour is none.
    tell(10, 1_000, 151_000);
    expect(pace.perSecond()).toBeCloseTo(9.8, 6);
    tell(10, 3_600_000, 152_000);
    tell(10, 1_000, 153_000);
    expect(pace.perSecond()).toBeCloseTo(9.8, 6);
  });

  it('takes no quota of an hour for a pace, nor a wait of an hour for one', () => {
    const pace = createStatedPace();
    expect(pace.told(untilReset(5_000, 3_600_000, 3_600_000), 0, 0)).toBeUndefined();
    expect(pace.perSecond()).toBe(Number.POSITIVE_INFINITY);
    expect(pace.usedUpUntil()).toBeLessThan(0);
  });

  it('waits where nothing is left', () => {
    const pace = createStatedPace();
    pace.told(quota(60, 10_000, 4_000), 0, 100);
    expect(pace.usedUpUntil()).toBe(4_100);
  });

  it('waits where nothing is left, though nothing is said of how many there are', () => {
    const pace = createStatedPace();
    pace.told({ quota: undefined, untilReset: undefined, usedUpMs: 5_000 }, 0, 100);
    expect(pace.usedUpUntil()).toBe(5_100);
  });

  it('goes on believing it where others use up most of a quota', () => {
    const pace = createStatedPace();
    let now = 0;
    for (let window = 0; window < 5; window += 1) {
      for (let answer = 1; answer <= 20; answer += 1) {
        now += 10;
        pace.told(quota(100, 1_000, answer === 20 ? 500 : 0), now, now);
      }
      expect(pace.usedUpUntil()).toBe(now + 500);
      now += 500;
    }
  });

  it('believes that nothing is left no more where nothing ever is, though all is served', () => {
    const pace = createStatedPace();
    let now = 0;
    for (let answers = 0; answers < 100; answers += 1) {
      now = Math.max(now + 20, pace.usedUpUntil());
      pace.told(quota(60, 1_000, 60_000), now, now);
    }
    expect(now).toBeLessThan(65_000);
  });
});

/** So many in each second of its own clock. */
function fixedWindow(most: number): LimitedServer['refuses'] {
  let second = -1;
  let count = 0;
  return (now) => {
    if (Math.floor(now / 1_000) !== second) {
      second = Math.floor(now / 1_000);
      count = 0;
    }
    count += 1;
    return count > most ? { retryAfterMs: 1_000 } : undefined;
  };
}
