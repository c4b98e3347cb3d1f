import { describe, expect, it } from 'vitest';
import { createServedMeter } from '../../src/policy/served-meter.ts';

/** One every `everyMs` from `from` on, `until` left out. */
function serve(
  meter: ReturnType<typeof createServedMeter>,
  from: number,
  until: number,
  everyMs: number,
): void {
  for (let now = from; now < until; now += everyMs) meter.served(now);
}

describe('createServedMeter', () => {
  it('counts what was served lately, and says in how long', () => {
    const meter = createServedMeter();
    serve(meter, 0, 10_000, 10);
    expect(meter.inLast(1_000, 10_000)).toEqual({ count: 100, ms: 1_000 });
    expect(meter.inLast(1_000, 10_020)).toEqual({ count: 100, ms: 1_020 });
    expect(meter.inLast(3_000, 10_000)).toEqual({ count: 300, ms: 3_000 });
  });

  it('forgets what is older, after any pause', () => {
    const meter = createServedMeter();
    serve(meter, 0, 1_000, 10);
    expect(meter.inLast(1_000, 1_500).count).toBe(50);
    expect(meter.inLast(1_000, 2_100).count).toBe(0);
    serve(meter, 60_000, 60_500, 10);
    expect(meter.inLast(3_000, 60_500).count).toBe(50);
  });

  it('counts nothing from before the clock began', () => {
    const meter = createServedMeter();
    meter.served(0);
    expect(meter.inLast(3_000, 0).count).toBe(1);
  });

  it('begins anew where it is told to', () => {
    const meter = createServedMeter();
    serve(meter, 0, 1_000, 10);
    meter.restart();
    expect(meter.inLast(1_000, 1_000).count).toBe(0);
  });
});
