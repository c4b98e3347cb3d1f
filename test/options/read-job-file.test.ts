import { describe, expect, it } from 'vitest';
import { loadJobFile } from '../../src/options/load-job-file.ts';

function load(text: string, path = 'jobs/job.yaml') {
  return loadJobFile({ text: path, origin: 'flag --config' }, () => Promise.resolve(text));
}

async function textsOf(text: string): Promise<Record<string, string>> {
  const { given, problems } = await load(text);
  expect(problems).toEqual([]);
  return Object.fromEntries([...given].map(([name, option]) => [name, option.text]));
}

describe('loadJobFile', () => {
  it.each([
    ['YAML', 'rate: 10/s\nconcurrency: 4\nyes: true\nshard: 1/4\n'],
    ['JSON', '{\n\t"rate": "10/s",\n\t"concurrency": 4, "yes": true, "shard": "1/4"}'],
    ['YAML with a BOM and CRLF', '\ufeffrate: 10/s\r\nconcurrency: 4\r\nyes: true\r\nshard: 1/4\r\n'],
  ])('reads %s', async (_, text) => {
    expect(await textsOf(text)).toEqual({ rate: '10/s', concurrency: '4', yes: 'true', shard: '1/4' });
  });

  it('takes the false of YAML for no rate', async () => {
    expect(await textsOf('rate: false')).toEqual({ rate: 'false' });
    expect(await textsOf('rate: off')).toEqual({ rate: 'off' });
  });

  it('takes paths from its own folder, but neither absolute ones nor standard input', async () => {
    expect(await textsOf('input: pairs.csv\nprotect: ../keep.txt\napi-key-file: /run/key\n')).toEqual({
      input: 'jobs/pairs.csv',
      protect: 'keep.txt',
      'api-key-file': '/run/key',
    });
    expect(await textsOf('input: "-"')).toEqual({ input: '-' });
  });

  it.each(['', '# nothing yet\n', 'out:\nprotect: ""\n', 'null', '{}'])(
    'finds nothing set in %j',
    async (text) => {
      expect(await textsOf(text)).toEqual({});
    },
  );

  it('says where a setting stands', async () => {
    const { given } = await load('rate: 5');
    expect(given.get('rate')).toEqual({ text: '5', origin: 'job file jobs/job.yaml, key rate' });
  });

  it.each([
    ['maxAttempts: 3', 'job file jobs/job.yaml, key maxAttempts is unknown; did you mean max-attempts?'],
    ['max_attempts: 3', 'job file jobs/job.yaml, key max_attempts is unknown; did you mean max-attempts?'],
    ['config: other.yaml', 'job file jobs/job.yaml, key config is unknown'],
    ['toString: 1', 'job file jobs/job.yaml, key toString is unknown'],
    ['__proto__: 1', 'job file jobs/job.yaml, key __proto__ is unknown'],
    ['? [a]\n: 1', 'job file jobs/job.yaml, key ? is unknown'],
    ['out: 2024', 'job file jobs/job.yaml, key out: expected a text, not "2024": put it in quotes'],
    [
      'user-column: no\nworkspace-column: true',
      'job file jobs/job.yaml, key workspace-column: expected a text',
    ],
    ['rate: [1]', 'job file jobs/job.yaml, key rate: expected one value, not a list or a map'],
    ['rate: {a: 1}', 'job file jobs/job.yaml, key rate: expected one value, not a list or a map'],
    ['rate: 1\nrate: 2', 'job file jobs/job.yaml, line 2, column 1: a key stands there twice'],
    ['rate: [1', 'job file jobs/job.yaml, line 1, column 9: that is no valid YAML'],
    ['- rate', 'job file jobs/job.yaml: expected options by name, such as rate: 10'],
    ['rate', 'job file jobs/job.yaml: expected options by name, such as rate: 10'],
    ['rate: 1\n---\nrate: 2', 'job file jobs/job.yaml, line 2, column 1: that is no valid YAML'],
    ['rate: !!js/function x', 'job file jobs/job.yaml, line 1, column 7: that is no valid YAML'],
  ])('refuses %j', async (text, message) => {
    const { given, problems } = await load(text);
    expect(problems.join('\n').startsWith(message)).toBe(true);
    expect(given.has('rate')).toBe(false);
  });

  it('shows no key that somebody put there', async () => {
    for (const text of [
      'api-key: sk-hunter2',
      'token: sk-hunter2',
      'api-key: sk-hunter2: x',
      'x: "sk-hunter2',
      '- sk-hunter2',
    ]) {
      const { problems } = await load(text);
      expect(problems).toHaveLength(1);
      expect(problems.join()).not.toContain('hunter2');
    }
  });

  it('says what kept it from reading', async () => {
    const config = { text: 'jobs', origin: 'environment OFFBOARD_CONFIG' };
    const fails = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));
    expect((await loadJobFile(config, fails('ENOENT'))).problems).toEqual([
      'environment OFFBOARD_CONFIG: "jobs" does not exist',
    ]);
    expect((await loadJobFile(config, fails('EISDIR'))).problems).toEqual([
      'environment OFFBOARD_CONFIG: "jobs" cannot be read (EISDIR)',
    ]);
  });
});
