import { describe, expect, it } from 'vitest';
import { readSandboxOptions } from '../../src/options/read-sandbox-options.ts';
import { sandboxDefaults } from '../../src/sandbox/sandbox-options.ts';

describe('readSandboxOptions', () => {
  it('serves the sandbox as it is where nothing is said', () => {
    expect(readSandboxOptions([])).toEqual(sandboxDefaults);
  });

  it('reads every option', () => {
    const words =
      '--port 0 --key k --workspaces 3 --users 4 --forbidden 2,3 --latency 20ms --limit 600/min ' +
      '--no-retry-after --faults 0.1 --maintenance --seed 7';
    expect(readSandboxOptions(words.split(' '))).toEqual({
      port: 0,
      key: 'k',
      members: undefined,
      workspaces: 3,
      users: 4,
      forbidden: [2, 3],
      latencyMs: 20,
      limit: { perSecond: 10, retryAfter: false },
      faults: 0.1,
      maintenance: true,
      seed: 7,
    });
  });

  it('takes its memberships from a CSV', () => {
    expect(readSandboxOptions(['--members', 'members.csv']).members).toBe('members.csv');
  });

  it.each([
    [['--port', '70000'], 'flag --port: expected a whole number from 0 to 65535, not "70000"'],
    [['--fault', '0.1'], 'flag --fault is unknown; did you mean --faults?'],
    [['--faults', '2'], 'flag --faults: expected a number from 0 to 1, not "2"'],
    [['members.csv'], 'sandbox takes options only; its CSV is given with --members'],
    [['--members', 'm.csv', '--users', '3'], 'flag --users: --members says who is a member; leave one out'],
  ])('refuses %j', (words, message) => {
    expect(() => readSandboxOptions(words)).toThrow(`${message}\nMore: offboard sandbox --help`);
  });
});
