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
  it('counts what was served in the last one to two seconds', () => {
    const meter = createServedMeter();
    serve(meter, 0, 10_000, 100);
    expect(meter.perSecond(10_000)).toBeCloseTo(10, 6);
    serve(meter, 10_000, 11_500, 20);
    expect(meter.perSecond(11_500)).toBeCloseTo(50, 6);
  });

  it('begins anew after a pause, and where it is told to', () => {
    const meter = createServedMeter();
    serve(meter, 0, 1_000, 100);
    serve(meter, 60_000, 60_500, 10);
    expect(meter.perSecond(60_500)).toBeCloseTo(100, 6);
    meter.restart(70_000);
    expect(meter.perSecond(70_500)).toBe(0);
  });

  it('takes 50 ms for the least', () => {
    const meter = createServedMeter();
    meter.served(0);
    expect(meter.perSecond(0)).toBe(20);
  });
});
