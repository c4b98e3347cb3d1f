import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStartMeter } from '../../src/execute/start-meter.ts';

describe('createStartMeter', () => {
  it('knows how many start in 50 ms just now', () => {
    const meter = createStartMeter();
    expect(meter.recent(0)).toBe(0);
    for (let now = 0; now < 1_000; now += 2) meter.started(now);
    expect(meter.recent(1_000)).toBe(25);
  });

  it('forgets after a pause', () => {
    const meter = createStartMeter();
    for (let now = 0; now < 50; now += 1) meter.started(now);
    expect(meter.recent(60)).toBe(50);
    expect(meter.recent(200)).toBe(0);
  });

  it('knows how many wait to be written', () => {
    const meter = createStartMeter();
    for (let now = 0; now < 5; now += 1) meter.started(now);
    meter.sent();
    expect(meter.unwritten()).toBe(4);
  });

  it('never says more than really started in some 50 ms', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 200 }), (gaps) => {
        const meter = createStartMeter();
        const starts: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          meter.started(now);
          starts.push(now);
          const most = Math.max(
            ...starts.map((from) => starts.filter((at) => at >= from && at < from + 50).length),
          );
          expect(meter.recent(now)).toBeLessThanOrEqual(most);
        }
      }),
      { seed: 2, numRuns: 50 },
    );
  });
});
