import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKubernetesVariable } from '../../src/options/kubernetes-variable.ts';
import { readEnvironment, variableName } from '../../src/options/read-environment.ts';
import { runOptionTable } from '../../src/options/run-option-table.ts';

const names = Object.keys(runOptionTable);

describe('readEnvironment', () => {
  it('reads every option under its variable', () => {
    const environment = Object.fromEntries(names.map((name) => [variableName(name), 'x']));
    const { given, problems } = readEnvironment(environment, runOptionTable);
    expect(problems).toEqual([]);
    expect([...given.keys()].sort()).toEqual([...names].sort());
    expect(given.get('max-removals')).toEqual({ text: 'x', origin: 'environment OFFBOARD_MAX_REMOVALS' });
  });

  it('counts an empty variable as not set', () => {
    expect(readEnvironment({ OFFBOARD_RATE: '', HOME: '/' }, runOptionTable)).toEqual({
      given: new Map(),
      problems: [],
    });
  });

  it.each(['OFFBOARD_MAX-REMOVALS', 'OFFBOARD_rate', 'OFFBOARD_', 'OFFBOARD_INPUT', 'OFFBOARD_TOSTRING'])(
    'names %s, which is no option, and keeps its value to itself',
    (variable) => {
      const { given, problems } = readEnvironment({ [variable]: 'hunter2' }, runOptionTable);
      expect(given.size).toBe(0);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(`environment ${variable} is unknown`);
      expect(problems[0]).not.toContain('hunter2');
    },
  );

  it('says where the key comes from to whoever sets OFFBOARD_API_KEY', () => {
    const { problems } = readEnvironment({ OFFBOARD_API_KEY: 'hunter2' }, runOptionTable);
    expect(problems.join()).toMatch(/--api-key-file\) or from PARADIGM_API_KEY/);
  });

  it('names every variable of its prefix that is neither an option nor injected', () => {
    const word = fc.constantFrom('RATE', 'PORT', 'SERVICE', 'HOST', 'API', 'TCP', '443', 'OUT', 'ADDR', 'X');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const variable = `OFFBOARD_${words.join('_')}`;
        const { given, problems } = readEnvironment({ [variable]: '1' }, runOptionTable);
        const ways = [given.size === 1, problems.join().includes(variable), isKubernetesVariable(variable)];
        expect(ways.filter(Boolean)).toHaveLength(1);
      }),
      { seed: 20261124, numRuns: 1_000 },
    );
  });
});
