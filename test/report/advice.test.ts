import { describe, expect, it } from 'vitest';
import { chooseNextCommand, findAdvice, findStopRemedy } from '../../src/report/advice.ts';
import { factsOf, recordOf, recordsOf, reportOf } from './sample-report.ts';

describe('findAdvice', () => {
  it('says nothing where nothing needs a person', () => {
    expect(findAdvice(reportOf(recordsOf({ removed: 2, duplicate: 1, protected: 1 })))).toEqual([]);
  });

  it.each([
    {
      name: 'pages and redirects were all that came',
      reasons: ['unrecognised-404', 'redirect'],
      says: '--base-url',
    },
    { name: 'one failed for another reason', reasons: ['unrecognised-404', 'http-400'], says: 'failed.csv' },
    { name: 'the API removed one', reasons: ['redirect'], removed: 1, says: 'failed.csv' },
  ])('names the base URL where no API answered: $name', ({ reasons, removed = 0, says }) => {
    const failed = reasons.map((reason) => recordOf({ outcome: 'failed', reason }));
    const [advice] = findAdvice(reportOf([...failed, ...recordsOf({ removed })]));
    expect(advice?.remedy).toContain(says);
  });

  it('counts a failed record that is perhaps removed under both', () => {
    const report = reportOf([recordOf({ outcome: 'failed', perhapsRemoved: true })]);
    expect(findAdvice(report).map(({ about, records }) => [about, records])).toEqual([
      ['failed', 1],
      ['perhaps-removed', 1],
    ]);
  });

  it.each([
    { scope: 'instance', right: 'an instance-level admin' },
    { scope: 'company', right: 'a company-level admin or higher' },
  ] as const)('names the right that is missing at the level of $scope', ({ scope, right }) => {
    const target = { ...factsOf(1).target, scope };
    const [advice] = findAdvice(reportOf(recordsOf({ forbidden: 1 }), {}, { target }));
    expect(advice?.remedy).toContain(right);
  });
});

describe('findStopRemedy', () => {
  it.each([
    ['interrupted', 'goes on where this run stopped'],
    ['outage', 'When the instance answers again'],
    ['throttled', '--rate'],
    ['unauthorized', 'a valid one'],
    ['all-forbidden', "admin's key"],
    ['unrecognised-answer', '--base-url'],
    ['tls', 'NODE_EXTRA_CA_CERTS'],
    ['proxy', 'NO_PROXY'],
    ['journal', 'disk'],
    ['a reason of a later version', 'goes on where this run stopped'],
  ])('names the remedy after %s', (reason, remedy) => {
    expect(findStopRemedy(reportOf([], { status: 'stopped', reason }))).toContain(remedy);
  });

  it('is silent after a run that completed', () => {
    expect(findStopRemedy(reportOf([]))).toBeUndefined();
  });
});

describe('chooseNextCommand', () => {
  const command = 'offboard run a.csv --out r';
  const stopped = { status: 'stopped', reason: 'all-forbidden' } as const;
  it.each([
    { name: 'nothing after a clean end', counts: { removed: 1 }, run: {}, next: undefined },
    { name: 'nothing where only the input wants mending', counts: { invalid: 1 }, run: {}, next: undefined },
    { name: 'the same after failures', counts: { failed: 1 }, run: {}, next: command },
    {
      name: 'the same with --retry-forbidden after forbidden ones',
      counts: { failed: 1, forbidden: 1 },
      run: {},
      next: `${command} --retry-forbidden`,
    },
    {
      name: 'the same where it had --retry-forbidden already',
      given: `${command} --retry-forbidden --yes`,
      counts: { forbidden: 1 },
      run: {},
      next: `${command} --retry-forbidden --yes`,
    },
    ...['--retry-forbidden=true', '--retry-forbidden=false', '--no-retry-forbidden'].map((typed) => ({
      name: `the flag once where ${typed} was typed`,
      given: `${command} ${typed} --yes`,
      counts: { forbidden: 1 },
      run: {},
      next: `${command} --retry-forbidden --yes`,
    })),
    { name: 'the same after a stop', counts: { 'not-attempted': 1 }, run: stopped, next: command },
    {
      name: 'the same after everything was forbidden',
      counts: { forbidden: 1 },
      run: stopped,
      next: command,
    },
    {
      name: 'the real run after a dry one',
      counts: { 'not-attempted': 1 },
      run: { dryRun: true },
      next: command,
    },
  ])('$name', ({ counts, run, next, given = command }) => {
    expect(chooseNextCommand(reportOf(recordsOf(counts), run), given)).toBe(next);
  });
});
