import { describe, expect, it } from 'vitest';
import { createPlanBuilder, type Plan } from '../../src/plan/build-plan.ts';
import { checkPlan, type PlanLimits } from '../../src/plan/check-plan.ts';

const limits: PlanLimits = {
  input: 'leavers.csv',
  onInvalid: 'stop',
  maxRemovals: 3,
  workspaceColumn: undefined,
  userColumn: undefined,
};

function planOf(valid: number, invalid = 0, protectedUsers: number[] = []): Plan {
  const columns = { header: ['workspace', 'user'], workspace: 0, user: 1 };
  const builder = createPlanBuilder(columns, new Set(protectedUsers));
  for (let n = 1; n <= valid + invalid; n++) {
    builder.add({ line: n + 1, cells: ['1', n <= valid ? String(n) : `1,${n}00`] });
  }
  return builder.finish();
}

describe('checkPlan', () => {
  it('lets a plan within its limits pass', () => {
    expect(checkPlan(planOf(3), limits)).toBeUndefined();
  });

  it('refuses an input without a data row', () => {
    const error = checkPlan(planOf(0), limits);
    expect(error?.exit).toBe('usage');
    expect(error?.message).toBe('leavers.csv has no data row: there is nothing to remove.');
  });

  it('stops for one invalid record, with its line and the command that lists all', () => {
    const error = checkPlan(planOf(1, 1), limits);
    expect(error?.exit).toBe('usage');
    expect(error?.message).toBe(
      [
        'leavers.csv: 1 of 2 records cannot be read as a removal; nothing was sent.',
        '  line 3: not-an-id:user: 1,200',
        'To list all: offboard plan leavers.csv --on-invalid skip --out DIR',
      ].join('\n'),
    );
  });

  it('lists twenty of many, and says how many more', () => {
    const lines = checkPlan(planOf(0, 1020), limits)?.message.split('\n') ?? [];
    expect(lines).toHaveLength(23);
    expect(lines[20]).toBe('  line 21: not-an-id:user: 1,2000');
    expect(lines[21]).toBe('  and 1000 more');
  });

  it('goes on past invalid records where they are to be skipped', () => {
    expect(checkPlan(planOf(1, 5), { ...limits, onInvalid: 'skip' })).toBeUndefined();
  });

  it('names what the listing command needs: columns, and an input that a shell takes as it is', () => {
    const input = "it's $HOME/a b.csv";
    const message = checkPlan(planOf(0, 1), {
      ...limits,
      input,
      workspaceColumn: 'Team',
      userColumn: 'User No',
    });
    expect(message?.message).toContain(
      "offboard plan 'it'\\''s $HOME/a b.csv' --workspace-column Team --user-column 'User No' --on-invalid skip",
    );
  });

  it('refuses more removals than allowed, and says what to type', () => {
    const error = checkPlan(planOf(4), limits);
    expect(error?.exit).toBe('refused');
    expect(error?.message).toContain('4 removals are more than --max-removals 3');
    expect(error?.message).toContain('--max-removals 4');
  });

  it('does not count protected users as removals', () => {
    expect(checkPlan(planOf(4, 0, [2]), limits)).toBeUndefined();
  });

  it('says everything at once', () => {
    const error = checkPlan(planOf(4, 1), { ...limits, input: '-' });
    expect(error?.exit).toBe('usage');
    expect(error?.message).toContain('standard input: 1 of 5 records');
    expect(error?.message).toContain('4 removals are more than --max-removals 3');
  });

  it('counts removals of the whole file, whatever the shard', () => {
    const columns = { header: ['workspace', 'user'], workspace: 0, user: 1 };
    const builder = createPlanBuilder(columns, new Set(), { index: 2, count: 4 });
    for (let user = 1; user <= 4; user++) builder.add({ line: user + 1, cells: ['1', String(user)] });
    expect(checkPlan(builder.finish(), limits)?.exit).toBe('refused');
  });
});
