import { describe, expect, it } from 'vitest';
import { createWakeTimer } from '../../src/execute/wake-timer.ts';
import { createFakeClock } from '../support/fake-clock.ts';

describe('createWakeTimer', () => {
  it('wakes at the earliest instant that was asked for, once', async () => {
    const clock = createFakeClock();
    const woken: number[] = [];
    const timer = createWakeTimer(clock, () => woken.push(clock.now()));
    timer.wakeBy(100);
    timer.wakeBy(40);
    timer.wakeBy(70);
    await clock.advance(200);
    expect(woken).toEqual([40]);
    timer.wakeBy(150);
    await clock.advance(0);
    expect(woken).toEqual([40, 200]);
  });

  it('wakes nobody when nothing was asked for, or all was called off', async () => {
    const clock = createFakeClock();
    const timer = createWakeTimer(clock, () => expect.unreachable());
    timer.wakeBy(Number.POSITIVE_INFINITY);
    expect(clock.sleepers()).toBe(0);
    timer.wakeBy(10);
    timer.cancel();
    await clock.advance(100);
    expect(clock.sleepers()).toBe(0);
  });

  it('asks the clock for no more than its timers can take', async () => {
    const clock = createFakeClock();
    const delays: number[] = [];
    const timer = createWakeTimer(
      {
        ...clock,
        after: (delayMs, callback) => {
          delays.push(delayMs);
          return clock.after(delayMs, callback);
        },
      },
      () => undefined,
    );
    timer.wakeBy(1e15);
    expect(delays).toEqual([2 ** 31 - 1]);
  });
});
