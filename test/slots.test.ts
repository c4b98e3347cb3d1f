import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSlots } from '../src/slots.ts';

describe('createSlots', () => {
  it('holds what a set would hold, whatever comes and goes', () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, slot: -1 }));
    const step = fc.record({ which: fc.nat(4), isAdded: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const slots = createSlots<(typeof names)[number]>();
        const set = new Set<(typeof names)[number]>();
        for (const { which, isAdded } of steps) {
          const value = names[which] as (typeof names)[number];
          if (isAdded && !set.has(value)) {
            slots.add(value);
            set.add(value);
          } else if (!isAdded) {
            slots.delete(value);
            set.delete(value);
          }
          expect(new Set(slots.values())).toEqual(set);
          expect(slots.size()).toBe(set.size);
        }
      }),
      { seed: 3 },
    );
  });
});
