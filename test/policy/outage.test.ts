import { describe, expect, it } from 'vitest';
import type { Health } from '../../src/policy/classify-reply.ts';
import { createOutageWatch } from '../../src/policy/outage.ts';

/** Feeds replies, one a millisecond, of removals on these lines; returns what the watch said of each. */
function feed(replies: readonly (readonly [line: number, health: Health])[], apiSeen = true) {
  const watch = createOutageWatch();
  const said = replies.map(([line, health], index) =>
    watch.noted({ line, startedAt: index, health, apiSeen }, index + 0.5),
  );
  return { watch, said };
}

function times(count: number, lines: readonly number[], health: Health): (readonly [number, Health])[] {
  return Array.from({ length: count }, (_, index) => [lines[index % lines.length] ?? 0, health]);
}

describe('createOutageWatch', () => {
  it('counts no time in which nothing could be asked', () => {
    const { watch } = feed(times(3, [2, 3], 'down'));
    watch.paused(90_000);
    expect(watch.failingSince()).toBe(90_000);
    watch.noted({ line: 4, startedAt: 89_000, health: 'through', apiSeen: true }, 90_010);
    watch.paused(95_000);
    expect(watch.failingSince()).toBeUndefined();
    watch.noted({ line: 5, startedAt: 80_000, health: 'down', apiSeen: true }, 95_020);
    expect(watch.failingSince()).toBe(95_000);
  });

  it('sees an outage in ten failures in a row over two removals', () => {
    const { watch, said } = feed(times(10, [2, 3], 'down'));
    expect(said.indexOf('began')).toBe(9);
    expect(watch.isOutage()).toBe(true);
  });

  it.each([
    { name: 'nine failures', replies: times(9, [2, 3], 'down') },
    { name: 'any number of one removal', replies: times(50, [2], 'down') },
    { name: "the API's own 500 for four removals", replies: times(50, [2, 3, 4, 5], 'record-down') },
    {
      name: 'nine, an answer, and nine',
      replies: [...times(9, [2, 3], 'down'), [4, 'through'] as const, ...times(9, [2, 3], 'down')],
    },
    {
      name: 'nine, a throttled answer, and nine',
      replies: [...times(9, [2, 3], 'down'), [4, 'limited'] as const, ...times(9, [2, 3], 'down')],
    },
  ])('sees none in $name', ({ replies }) => {
    expect(feed(replies).watch.isOutage()).toBe(false);
  });

  it("sees one in the API's own 500 for five removals", () => {
    expect(feed(times(10, [2, 3, 4, 5, 6], 'record-down')).said.at(-1)).toBe('began');
  });

  it('sees one in two removals where not all were the API itself', () => {
    const { watch } = feed([...times(9, [2, 3], 'record-down'), [2, 'down']]);
    expect(watch.isOutage()).toBe(true);
  });

  it("counts what is not the API's only once the API has been seen", () => {
    expect(feed(times(50, [2, 3], 'unrecognised'), false).watch.isOutage()).toBe(false);
    expect(feed(times(50, [2, 3], 'unrecognised'), false).watch.failingSince()).toBeUndefined();
    expect(feed(times(10, [2, 3], 'unrecognised'), true).watch.isOutage()).toBe(true);
  });

  it.each(['through', 'limited'] as const)('is over with the first answer that is %s', (health) => {
    const { watch, said } = feed([...times(12, [2, 3], 'down'), [2, health], [3, 'down']]);
    expect(said[12]).toBe('ended');
    expect(watch.isOutage()).toBe(false);
  });

  it('says the first failure once, and again after something got through', () => {
    const { said } = feed([
      [2, 'down'],
      [3, 'down'],
      [4, 'through'],
      [5, 'down'],
    ]);
    expect(said).toEqual(['first-failure', undefined, undefined, 'first-failure']);
  });

  it('counts the time of failing from the start of the first request that failed', () => {
    const { watch } = feed([
      [2, 'through'],
      [3, 'down'],
      [4, 'down'],
    ]);
    expect(watch.failingSince()).toBe(1);
    expect(watch.lastThroughAt()).toBe(0.5);
  });

  it('goes on counting it over a throttled answer, which lets nothing through', () => {
    const { watch } = feed([
      [2, 'through'],
      [3, 'down'],
      [4, 'limited'],
    ]);
    expect(watch.failingSince()).toBe(1);
    expect(watch.lastThroughAt()).toBe(0.5);
  });

  it('has seen nothing get through before the first answer', () => {
    expect(createOutageWatch().lastThroughAt()).toBeUndefined();
    expect(createOutageWatch().failingSince()).toBeUndefined();
  });

  it('has been failing since something got through last, where the first failure hung longer', () => {
    const watch = createOutageWatch();
    watch.noted({ line: 2, startedAt: 40, health: 'through', apiSeen: true }, 50);
    watch.noted({ line: 3, startedAt: 10, health: 'down', apiSeen: true }, 60);
    expect(watch.failingSince()).toBe(50);
    watch.noted({ line: 4, startedAt: 55, health: 'down', apiSeen: true }, 70);
    expect(watch.failingSince()).toBe(50);
  });
});
