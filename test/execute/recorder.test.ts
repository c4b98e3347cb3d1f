import { describe, expect, it } from 'vitest';
import { lost, removed } from '../support/replies.ts';
import { startBench } from '../support/session-bench.ts';

describe('startExecution, writing what replies brought', () => {
  it('writes one line for a removal that is settled at once', async () => {
    const bench = startBench({ removals: 20, script: () => removed });
    await bench.finish();
    expect(bench.events().filter(({ event }) => event === 'settled')).toHaveLength(20);
    expect(bench.events().filter(({ event }) => event === 'attempt')).toHaveLength(0);
  });

  it('says lost of nothing that was answered in the end', async () => {
    const bench = startBench({
      removals: 1,
      script: ({ attempt }) => (attempt === 1 ? lost('timeout', true) : removed),
    });
    await bench.finish();
    expect(bench.lastOn(2)).toMatchObject({ event: 'settled', outcome: 'removed' });
    expect(bench.lastOn(2)).not.toHaveProperty('lost');
  });
});
