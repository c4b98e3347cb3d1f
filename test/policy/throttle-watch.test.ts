import { describe, expect, it } from 'vitest';
import { createThrottleWatch } from '../../src/policy/throttle-watch.ts';

describe('createThrottleWatch', () => {
  it('counts from the start of the first throttled request, once one was tried after it', () => {
    const watch = createThrottleWatch();
    expect(watch.throttled(100, 150)).toBe(0);
    expect(watch.throttled(120, 9_000)).toBe(0);
    expect(watch.throttled(10_000, 10_050)).toBe(9_950);
  });

  it('counts from the last other answer where that came later', () => {
    const watch = createThrottleWatch();
    watch.other(130);
    watch.throttled(100, 150);
    expect(watch.throttled(1_000, 1_030)).toBe(900);
  });

  it('begins anew after an answer of another kind', () => {
    const watch = createThrottleWatch();
    watch.throttled(0, 10);
    watch.other(5_000);
    expect(watch.throttled(4_990, 5_010)).toBe(0);
    expect(watch.throttled(6_000, 6_010)).toBe(1_010);
  });
});
