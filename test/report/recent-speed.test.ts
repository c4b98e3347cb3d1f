import { expect, it } from 'vitest';
import { createRecentSpeed } from '../../src/report/recent-speed.ts';

it.each([
  { name: 'is nothing at first', samples: [[0, 0, 0]], speed: [0, 0] },
  {
    name: 'is nothing where no time has passed',
    samples: [
      [0, 0, 0],
      [0, 5, 5],
    ],
    speed: [0, 0],
  },
  {
    name: 'counts from the start until the window is full',
    samples: [
      [0, 0, 0],
      [2_000, 20, 10],
    ],
    speed: [10, 5],
  },
  {
    name: 'forgets what is older than the window',
    samples: [
      [0, 0, 0],
      [10_000, 1_000, 500],
      [20_000, 1_050, 510],
    ],
    speed: [5, 1],
  },
  {
    name: 'reaches back to the last sample where they are far apart',
    samples: [
      [0, 0, 0],
      [60_000, 60, 60],
      [120_000, 180, 120],
    ],
    speed: [2, 1],
  },
])('$name', ({ samples, speed }) => {
  const recent = createRecentSpeed(10_000);
  const measured = samples.map(([at = 0, sent = 0, done = 0]) => recent.add({ at, sent, done })).at(-1);
  expect(measured).toEqual({ requestsPerSecond: speed[0], removalsPerSecond: speed[1] });
});
