import { describe, expect, it } from 'vitest';
import { createDeadlines } from '../../src/io/deadlines.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function setUp() {
  const clock = createFakeClock();
  const expired: string[] = [];
  const deadlines = createDeadlines(1_000, clock);
  const setCalling = (expire: () => void) => {
    const deadline = { at: 0, slot: -1, expire };
    deadlines.set(deadline);
    return deadline;
  };
  const set = (name: string) => setCalling(() => expired.push(name));
  return { clock, expired, deadlines, set, setCalling };
}

describe('deadlines', () => {
  it('expire each after its own time, not before', async () => {
    const { clock, expired, set } = setUp();
    set('a');
    await clock.advance(400);
    set('b');
    await clock.advance(599);
    expect(expired).toEqual([]);
    await clock.advance(1);
    expect(expired).toEqual(['a']);
    await clock.advance(399);
    expect(expired).toEqual(['a']);
    await clock.advance(2);
    expect(expired).toEqual(['a', 'b']);
  });

  it('do not expire once they are cleared', async () => {
    const { clock, expired, deadlines, set } = setUp();
    const first = set('a');
    set('b');
    deadlines.clear(first);
    await clock.advance(5_000);
    expect(expired).toEqual(['b']);
  });

  it('share one timer, which ends with the last of them', async () => {
    const { clock, expired, set } = setUp();
    for (let count = 0; count < 100; count += 1) set('x');
    expect(clock.sleepers()).toBe(1);
    await clock.advance(1_000);
    expect(expired).toHaveLength(100);
    expect(clock.sleepers()).toBe(0);
  });

  it('are set anew from within one that expires', async () => {
    const { clock, expired, set, setCalling } = setUp();
    setCalling(() => {
      set('b');
    });
    await clock.advance(1_999);
    expect(expired).toEqual([]);
    expect(clock.sleepers()).toBe(1);
    await clock.advance(2);
    expect(expired).toEqual(['b']);
    expect(clock.sleepers()).toBe(0);
  });

  it('do not expire where one that expires with them clears them, and an earlier one is not late for a new one', async () => {
    const { clock, expired, deadlines, set, setCalling } = setUp();
    setCalling(() => {
      deadlines.clear(second);
      set('c');
    });
    const second = set('a');
    await clock.advance(500);
    set('b');
    await clock.advance(1_000);
    expect(expired).toEqual([]);
    await clock.advance(2);
    expect(expired).toEqual(['b']);
    await clock.advance(500);
    expect(expired).toEqual(['b', 'c']);
  });

  it('leave no timer behind when they are closed', async () => {
    const { clock, expired, deadlines, set } = setUp();
    set('a');
    deadlines.close();
    expect(clock.sleepers()).toBe(0);
    await clock.advance(5_000);
    expect(expired).toEqual([]);
  });
});
