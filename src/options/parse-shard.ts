import { type OptionParser, problem, value } from './option-parser.ts';
import { quoted } from './quoted.ts';
import type { Shard } from './run-options.ts';

/** More shares than any job has processes. */
export const mostShards = 10_000;

/** `i/n`: the i-th of n shares, counted from 1. */
export const parseShard: OptionParser<Shard> = (text) => {
  const groups = /^(?<index>\d{1,6})\/(?<count>\d{1,6})$/.exec(text)?.groups;
  if (groups === undefined) return problem(`expected a share such as 1/4, not ${quoted(text)}`);
  const index = Number(groups['index']);
  const count = Number(groups['count']);
  if (count >= 1 && count <= mostShards && index >= 1 && index <= count) return value({ index, count });
  return problem(`expected i/n with i from 1 to n and n up to ${mostShards}, not ${quoted(text)}`);
};

/** The share that a Kubernetes Indexed Job gives this pod: `indexText` is its JOB_COMPLETION_INDEX, from 0. */
export function shardOfIndex(indexText: string | undefined, count: number): ReturnType<typeof parseShard> {
  if (indexText === undefined || indexText === '') {
    return problem(
      'JOB_COMPLETION_INDEX is not set: run it as a Kubernetes Indexed Job (completionMode: Indexed), ' +
        `set JOB_COMPLETION_INDEX to 0 up to ${count - 1}, or say the share with --shard 1/${count}`,
    );
  }
  const index = /^\d{1,6}$/.test(indexText) ? Number(indexText) : count;
  if (index < count) return value({ index: index + 1, count });
  return problem(
    `JOB_COMPLETION_INDEX has to be 0 to ${count - 1} for ${count} shards, not ${quoted(indexText)}`,
  );
}
