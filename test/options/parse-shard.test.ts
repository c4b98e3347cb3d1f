import { describe, expect, it } from 'vitest';
import { parseShard, shardOfIndex } from '../../src/options/parse-shard.ts';
import { outcomeOf, problemOf } from './parse-outcome.ts';

describe('parseShard', () => {
  it.each(['1/1', '1/4', '4/4', '10000/10000'])('reads %s', (text) => {
    const [index, count] = text.split('/').map(Number);
    expect(outcomeOf(parseShard, text)).toEqual({ index, count });
  });

  it.each(['0/4', '5/4', '1/0', '1/10001'])('refuses %s, which is no share', (text) => {
    expect(problemOf(parseShard, text)).toContain('expected i/n with i from 1 to n');
  });

  it.each(['1', '1/', '1-4', '1/4/2', 'a/b', '-1/4'])('shows the form where %j is given', (text) => {
    expect(problemOf(parseShard, text)).toBe(`expected a share such as 1/4, not "${text}"`);
  });

  it('takes the pod index of an Indexed Job, which counts from 0', () => {
    expect(shardOfIndex('0', 3)).toEqual({ kind: 'value', value: { index: 1, count: 3 } });
    expect(shardOfIndex('2', 3)).toEqual({ kind: 'value', value: { index: 3, count: 3 } });
  });

  it.each([undefined, ''])('says what to set where the pod index is %j', (index) => {
    expect(problemOf(() => shardOfIndex(index, 3), '')).toBe(
      'JOB_COMPLETION_INDEX is not set: run it as a Kubernetes Indexed Job (completionMode: Indexed), ' +
        'set JOB_COMPLETION_INDEX to 0 up to 2, or say the share with --shard 1/3',
    );
  });

  it.each(['3', '-1', 'x'])('refuses the pod index %s of three', (index) => {
    expect(problemOf(() => shardOfIndex(index, 3), '')).toBe(
      `JOB_COMPLETION_INDEX has to be 0 to 2 for 3 shards, not "${index}"`,
    );
  });
});
