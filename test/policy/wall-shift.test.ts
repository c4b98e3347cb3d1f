import { describe, expect, it } from 'vitest';
import { createWallShiftWatch } from '../../src/policy/wall-shift.ts';

const hour = 3_600_000;

describe('createWallShiftWatch', () => {
  it.each([
    { name: 'runs as the monotonic one does', wallMs: 1_000 + hour, moved: undefined },
    { name: 'is corrected by seconds', wallMs: 1_000 + hour - 4_000, moved: undefined },
    { name: 'is set back', wallMs: 1_000, moved: -hour },
    { name: 'is set ahead', wallMs: 1_000 + hour + 5_000, moved: 5_000 },
  ])('knows a wall clock that $name', ({ wallMs, moved }) => {
    const watch = createWallShiftWatch({ monotonicMs: 0, wallMs: 1_000 });
    expect(watch.moved({ monotonicMs: hour, wallMs })).toBe(moved);
  });

  it('says each move once', () => {
    const watch = createWallShiftWatch({ monotonicMs: 0, wallMs: 0 });
    expect(watch.moved({ monotonicMs: 10, wallMs: 10 - hour })).toBe(-hour);
    expect(watch.moved({ monotonicMs: 20, wallMs: 20 - hour })).toBeUndefined();
    expect(watch.moved({ monotonicMs: 30, wallMs: 30 })).toBe(hour);
  });
});
