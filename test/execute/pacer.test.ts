import { describe, expect, it } from 'vitest';
import { createPacer } from '../../src/execute/pacer.ts';

describe('createPacer', () => {
  it('spaces starts evenly by the ceiling', () => {
    const pacer = createPacer(10, () => 0);
    expect(pacer.nextStartAt(1_000)).toBeLessThanOrEqual(1_000);
    pacer.started(1_000);
    pacer.sent(1_000);
    expect(pacer.nextStartAt(1_000)).toBe(1_100);
  });

  it('holds everybody for as long as is asked, and never for less than before', () => {
    const pacer = createPacer(10, () => 0);
    pacer.started(0);
    expect(pacer.throttled(100, 0, 60_000)).toBe(60_100);
    expect(pacer.throttled(200, 0, 1_000)).toBe(60_100);
    expect(pacer.heldUntil()).toBe(60_100);
    expect(pacer.nextStartAt(300)).toBe(60_100);
    expect(pacer.throttled(300, 0, 90_000)).toBe(90_300);
  });

  it('backs off twice as long for each spell in a row where no time is named, half of it at least', () => {
    const pacer = createPacer(10, () => 0);
    let now = 0;
    for (const waitMs of [500, 1_000, 2_000, 4_000]) {
      const until = pacer.throttled(now, now, undefined);
      expect(until - now).toBe(waitMs);
      now = until;
      pacer.nextStartAt(now);
    }
    pacer.served(now);
    expect(pacer.throttled(now, now, undefined) - now).toBe(500);
  });

  it('knows for how long everybody was held, and counts no time twice', () => {
    const pacer = createPacer(10, () => 0);
    expect(pacer.heldMs(50)).toBe(0);
    pacer.started(0);
    pacer.throttled(100, 0, 1_000);
    pacer.throttled(600, 0, 1_000);
    expect(pacer.heldMs(350)).toBe(250);
    expect(pacer.heldMs(1_600)).toBe(1_500);
    expect(pacer.heldMs(9_000)).toBe(1_500);
    pacer.throttled(9_000, 8_000, 500);
    expect(pacer.heldMs(9_200)).toBe(1_700);
  });

  it('restarts lower', () => {
    const pacer = createPacer(100, () => 0);
    for (let now = 0; now < 1_000; now += 10) {
      pacer.started(now);
      pacer.sent(now);
      pacer.served(now + 5);
    }
    pacer.throttled(1_000, 990, 1_000);
    const first = Math.max(2_000, pacer.nextStartAt(2_000));
    pacer.started(first);
    expect(pacer.nextStartAt(first) - first).toBeGreaterThan(11);
  });
});
