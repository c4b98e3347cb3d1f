import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw, fullBucket } from '../../src/sandbox/token-bucket.ts';

const limitOf = (perSecond: number) => ({ perSecond, retryAfter: true });

function drawAt(perSecond: number, instants: readonly number[]) {
  let state = fullBucket(limitOf(perSecond), instants[0] ?? 0);
  return instants.map((nowMs) => {
    const { next, ...drawn } = draw(limitOf(perSecond), state, nowMs);
    state = next;
    return drawn.isGranted ? 'granted' : `wait ${drawn.waitSeconds} s`;
  });
}

describe('draw', () => {
  it.each([
    {
      name: 'lets one second’s worth through at once',
      perSecond: 2,
      instants: [0, 0, 0],
      draws: ['granted', 'granted', 'wait 1 s'],
    },
    {
      name: 'refills evenly',
      perSecond: 2,
      instants: [0, 0, 499, 500],
      draws: ['granted', 'granted', 'wait 1 s', 'granted'],
    },
    {
      name: 'rounds the wait up to whole seconds',
      perSecond: 0.4,
      instants: [0, 0, 600, 2499, 2500],
      draws: ['granted', 'wait 3 s', 'wait 2 s', 'wait 1 s', 'granted'],
    },
  ])('$name', ({ perSecond, instants, draws }) => {
    expect(drawAt(perSecond, instants)).toEqual(draws);
  });

  it('never grants more than the bucket and what has flown in since', () => {
    const gaps = fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), gaps, (perSecond, steps) => {
        let now = 0;
        const instants = steps.map((step) => {
          now += step;
          return now;
        });
        const granted = drawAt(perSecond, instants).filter((drawn) => drawn === 'granted').length;
        const elapsed = now - (instants[0] ?? 0);
        expect(granted).toBeLessThanOrEqual(perSecond + (elapsed / 1000) * perSecond + 1e-6);
      }),
      { seed: 7 },
    );
  });
});
