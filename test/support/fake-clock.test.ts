import { expect, it } from 'vitest';
import { createFakeClock } from './fake-clock.ts';

it('calls sleepers in the order of their instants, each at its own', async () => {
  const clock = createFakeClock();
  const called: string[] = [];
  clock.after(30, () => called.push(`late at ${clock.now()}`));
  clock.after(10, () => {
    called.push(`early at ${clock.now()}`);
    clock.after(5, () => called.push(`chained at ${clock.now()}`));
  });
  const cancel = clock.after(20, () => called.push('cancelled'));
  cancel();
  await clock.advance(29);
  expect(called).toEqual(['early at 10', 'chained at 15']);
  expect(clock.sleepers()).toBe(1);
  await clock.advance(1);
  expect(called.at(-1)).toBe('late at 30');
});

it('jumps until the work has ended, and says so where it waits for nothing', async () => {
  const clock = createFakeClock();
  const work = new Promise<number>((resolve) => {
    clock.after(3_600_000, () => resolve(clock.now()));
  });
  expect(await clock.runUntil(work)).toBe(3_600_000);
  await expect(clock.runUntil(new Promise(() => undefined))).rejects.toThrow(/nobody sleeps/);
});
