import { describe, expect, it } from 'vitest';
import { createForbiddenWatch, createStrangerWatch } from '../../src/policy/refusals.ts';

/** Settles removals one by one; returns after how many the run has to stop, or undefined. */
function stopsAfter(
  outcomes: readonly string[],
  workspaces: number,
  { inInput = 50, hasRemovedBefore = false } = {},
): number | undefined {
  const watch = createForbiddenWatch(inInput, hasRemovedBefore);
  const index = outcomes.findIndex((outcome, at) => watch.settled(outcome, at % workspaces));
  return index < 0 ? undefined : index + 1;
}

const forbidden = (count: number): string[] => Array.from({ length: count }, () => 'forbidden');

describe('createForbiddenWatch', () => {
  it.each([
    { name: '100 over ten workspaces', outcomes: forbidden(200), workspaces: 10, after: 100 },
    { name: '99 and no more', outcomes: forbidden(99), workspaces: 10, after: undefined },
    { name: 'any number over nine workspaces', outcomes: forbidden(500), workspaces: 9, after: undefined },
    {
      name: '100 after some failed ones',
      outcomes: ['failed', 'failed', ...forbidden(100)],
      workspaces: 20,
      after: 102,
    },
    {
      name: '99, a failed one, and 99',
      outcomes: [...forbidden(99), 'failed', ...forbidden(99)],
      workspaces: 10,
      after: undefined,
    },
    {
      name: '200 after one was removed',
      outcomes: ['removed', ...forbidden(200)],
      workspaces: 10,
      after: undefined,
    },
    {
      name: '200 after one was absent',
      outcomes: ['not-found', ...forbidden(200)],
      workspaces: 10,
      after: undefined,
    },
  ])('stops after $name: $after', ({ outcomes, workspaces, after }) => {
    expect(stopsAfter(outcomes, workspaces)).toBe(after);
  });

  it('is content with fewer workspaces where the input has no more', () => {
    expect(stopsAfter(forbidden(100), 3, { inInput: 3 })).toBe(100);
    expect(stopsAfter(forbidden(100), 2, { inInput: 3 })).toBeUndefined();
  });

  it('counts the workspaces of those in a row alone', () => {
    const watch = createForbiddenWatch(50, false);
    for (let workspace = 1; workspace <= 10; workspace += 1) watch.settled('forbidden', workspace);
    watch.settled('failed', 1);
    for (let count = 1; count <= 300; count += 1) expect(watch.settled('forbidden', 1)).toBe(false);
  });

  it('never stops a run that has removed somebody in any session', () => {
    expect(stopsAfter(forbidden(500), 10, { hasRemovedBefore: true })).toBeUndefined();
  });
});

describe('createStrangerWatch', () => {
  function answers(unrecognised: readonly boolean[]): number | undefined {
    const watch = createStrangerWatch();
    const index = unrecognised.findIndex((isUnrecognised) => watch.answered(isUnrecognised));
    return index < 0 ? undefined : index + 1;
  }

  it("stops where the first 20 answers all are somebody else's", () => {
    expect(answers(Array.from({ length: 30 }, () => true))).toBe(20);
  });

  it.each([0, 7, 19])('goes on where answer %i is not', (known) => {
    expect(answers(Array.from({ length: 60 }, (_, index) => index !== known))).toBeUndefined();
  });

  it('needs all 20', () => {
    expect(answers(Array.from({ length: 19 }, () => true))).toBeUndefined();
  });
});
