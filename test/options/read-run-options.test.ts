import { describe, expect, it } from 'vitest';
import { FatalError } from '../../src/exit-code.ts';
import { describeSettings } from '../../src/options/describe-settings.ts';
import { readRunOptions } from '../../src/options/read-run-options.ts';
import type { RunOptions } from '../../src/options/run-options.ts';

interface Call {
  readonly command?: 'run' | 'plan';
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** By path. */
  readonly files?: Readonly<Record<string, string>>;
}

function read({ command = 'run', words = ['pairs.csv'], environment = {}, files = {} }: Call = {}) {
  return readRunOptions(command, words, {
    environment,
    readText: async (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
      return text;
    },
  });
}

/** The message, without its last line, which is always the same. */
async function refusal(call: Call): Promise<string> {
  const error = await read(call).then(
    () => new Error('was accepted'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FatalError)) throw error;
  expect(error.exit).toBe('usage');
  const end = `\nMore: offboard ${call.command ?? 'run'} --help`;
  expect(error.message.endsWith(end)).toBe(true);
  return error.message.slice(0, -end.length);
}

describe('defaults', () => {
  it('are those of the manual', async () => {
    expect(await read()).toEqual({
      input: 'pairs.csv',
      baseUrl: 'https://paradigm.lighton.ai',
      scope: 'instance',
      apiKeyFile: undefined,
      out: undefined,
      runsFolder: 'offboard-runs',
      fresh: false,
      retryForbidden: false,
      rate: 10,
      concurrency: 8,
      maxAttempts: 5,
      timeoutMs: 30_000,
      maxOutageMs: 600_000,
      maxDurationMs: undefined,
      graceMs: 20_000,
      maxRemovals: 500,
      protect: undefined,
      onInvalid: 'stop',
      workspaceColumn: undefined,
      userColumn: undefined,
      shard: undefined,
      dryRun: false,
      yes: false,
      config: undefined,
      metricsFile: undefined,
      pushgateway: undefined,
      pingUrl: undefined,
      terminationLog: undefined,
      logLevel: 'info',
      logFormat: 'auto',
      json: false,
      completionIndex: undefined,
      isInputTyped: true,
      repeat: ['--base-url', 'https://paradigm.lighton.ai'],
    } satisfies RunOptions);
  });

  it('make plan a dry run, whatever else is said', async () => {
    expect((await read({ command: 'plan' })).dryRun).toBe(true);
    expect((await read({ command: 'plan', environment: { OFFBOARD_DRY_RUN: 'false' } })).dryRun).toBe(true);
    expect(await refusal({ command: 'plan', words: ['a.csv', '--no-dry-run'] })).toContain(
      'use offboard run',
    );
  });
});

describe('precedence', () => {
  const files = { 'job.yaml': 'concurrency: 3\nbase-url: https://job.example\ninput: job.csv\n' };
  const config = ['--config', 'job.yaml'];
  const environment = { OFFBOARD_CONCURRENCY: '2', OFFBOARD_BASE_URL: 'https://env.example' };

  it('flags beat environment beat job file beat default', async () => {
    const flag = await read({ words: ['a.csv', ...config, '--concurrency', '1'], environment, files });
    const variable = await read({ words: ['a.csv', ...config], environment, files });
    const job = await read({ words: ['a.csv', ...config], files });
    expect([flag, variable, job, await read()].map(({ concurrency }) => concurrency)).toEqual([1, 2, 3, 8]);
  });

  it('PARADIGM_BASE_URL is weaker than the job file and stronger than the default', async () => {
    const shared = { PARADIGM_BASE_URL: 'https://shared.example/' };
    expect((await read({ environment: shared })).baseUrl).toBe('https://shared.example');
    expect((await read({ words: config, environment: shared, files })).baseUrl).toBe('https://job.example');
    const both = { ...environment, ...shared };
    expect((await read({ words: config, environment: both, files })).baseUrl).toBe('https://env.example');
    expect((await read({ environment: { PARADIGM_BASE_URL: '' } })).baseUrl).toBe(
      'https://paradigm.lighton.ai',
    );
  });

  it('a word beats the input of the job file', async () => {
    expect((await read({ words: config, files })).input).toBe('job.csv');
    expect((await read({ words: ['a.csv', ...config], files })).input).toBe('a.csv');
  });

  it('an empty variable is no word of the environment', async () => {
    const silent = { OFFBOARD_CONCURRENCY: '' };
    expect((await read({ words: config, environment: silent, files })).concurrency).toBe(3);
  });

  it('the environment can name the job file', async () => {
    expect((await read({ words: [], environment: { OFFBOARD_CONFIG: 'job.yaml' }, files })).concurrency).toBe(
      3,
    );
  });

  it('a flag takes back what the environment turned on', async () => {
    const eager = { OFFBOARD_YES: 'true', OFFBOARD_DRY_RUN: '1' };
    const options = await read({ words: ['a.csv', '--no-yes', '--dry-run=no'], environment: eager });
    expect([options.yes, options.dryRun]).toEqual([false, false]);
  });

  it('a weaker value that is overruled is not looked at', async () => {
    const options = await read({ words: ['a.csv', '--rate', '5'], environment: { OFFBOARD_RATE: 'fast' } });
    expect(options.rate).toBe(5);
  });
});

describe('flags', () => {
  it.each([
    ['--dry-run=yes', true],
    ['--dry-run=true', true],
    ['--dry-run', true],
    ['--dry-run=no', false],
    ['--no-dry-run', false],
  ])('reads %s', async (flag, dryRun) => {
    expect((await read({ words: [flag, 'a.csv'] })).dryRun).toBe(dryRun);
  });

  it('leaves the word after a switch alone', async () => {
    expect((await read({ words: ['--yes', 'a.csv'] })).input).toBe('a.csv');
  });

  it('takes what follows -- for the input, and - for standard input', async () => {
    expect((await read({ words: ['--', '--odd.csv'] })).input).toBe('--odd.csv');
    expect((await read({ words: ['-', '--yes'] })).input).toBe('-');
  });

  it.each([
    [['--concurency', '3'], 'flag --concurency is unknown; did you mean --concurrency?'],
    [['--maxRemovals=3'], 'flag --maxRemovals is unknown; did you mean --max-removals?'],
    [['--zebra'], 'flag --zebra is unknown'],
    [['--toString'], 'flag --toString is unknown'],
    [['--no-rate'], 'flag --no-rate is unknown'],
    [['-rate', '3'], 'flag -r… is unknown; did you mean --rate?'],
    [['a.csv', '--rate', '1', '--rate=2'], 'flag --rate is given twice'],
    [['a.csv', '--yes', '--no-yes'], 'flag --yes is given twice'],
    [['a.csv', '--out='], 'flag --out has an empty value'],
    [['a.csv', '--out', ''], 'flag --out has an empty value'],
    [['a.csv', '--dry-run='], 'flag --dry-run has an empty value'],
    [['a.csv', '--out'], 'flag --out needs a value'],
    [['a.csv', '--out', '--yes'], 'flag --out needs a value'],
    [['a.csv', '--no-yes=1'], 'flag --no-yes takes no value'],
    [['a.csv', '--dry-run=maybe'], 'flag --dry-run: expected true or false (or 1, 0, yes, no), not "maybe"'],
    [['a.csv', '--scope', 'org'], 'flag --scope: expected instance or company, not "org"'],
    [['a.csv', '--timeout', '30'], /^flag --timeout: expected a time with its unit.*not "30"$/],
    [['a.csv', 'b.csv'], 'expected one input, not 2: a run reads one CSV'],
    [[], 'no input: name the CSV, or - for standard input'],
    [[' '], 'input: expected a path that is not blank'],
    [['a.csv', '--config', 'gone.yaml'], 'flag --config: "gone.yaml" does not exist'],
    [
      ['a.csv', '--shard', '1/2', '--shards', '2'],
      'flag --shard and flag --shards both say the share: leave one out',
    ],
    [['a.csv', '--rate-per-shard', '5'], /^flag --rate-per-shard: there is no shard/],
    [
      ['a.csv', '--base-url', 'http://h'],
      /^flag --base-url: http: sends the API key unencrypted.*--allow-http$/,
    ],
    [['a.csv', '--out\u001b[2J'], 'flag --out\\u001b[2J is unknown'],
  ])('refuses %j', async (words, message) => {
    const told = await refusal({ words });
    if (typeof message === 'string') expect(told.startsWith(message)).toBe(true);
    else expect(told).toMatch(message);
  });

  it.each([
    ['--api-key', 'sk-hunter2'],
    ['--api-key=sk-hunter2'],
    ['--apikey', 'sk-hunter2'],
    ['--token=sk-hunter2'],
    ['--password', 'sk-hunter2'],
    ['-ksk-hunter2'],
    ['-k', 'sk-hunter2'],
  ])('shows no key that is given as %s', async (...words) => {
    for (const call of [words, ['a.csv', ...words], [...words, 'a.csv']]) {
      expect(await refusal({ words: call })).not.toContain('hunter2');
    }
  });

  it('says where the key may come from to whoever passes --api-key', async () => {
    expect(await refusal({ words: ['a.csv', '--api-key', 'sk-hunter2'] })).toBe(
      'flag --api-key is unknown; the API key comes from a file (--api-key-file) or from PARADIGM_API_KEY, ' +
        'and from nowhere else',
    );
  });

  it('tells everything that is wrong at once', async () => {
    const told = await refusal({
      words: ['--rate', 'fast', '--concurency=3', '--config', 'job.yaml'],
      environment: { OFFBOARD_TIMEOUT: '3', OFFBOARD_RAET: '1' },
      files: { 'job.yaml': 'maxAttempts: 5\nscope: org' },
    });
    expect(told.split('\n')).toEqual([
      '6 problems:',
      '  - flag --concurency is unknown; did you mean --concurrency?',
      '  - environment OFFBOARD_RAET is unknown; did you mean OFFBOARD_RATE?',
      '  - job file job.yaml, key maxAttempts is unknown; did you mean max-attempts?',
      '  - job file job.yaml, key scope: expected instance or company, not "org"',
      '  - flag --rate: expected a rate such as 10, 10/s or 600/min, or off, not "fast"',
      '  - environment OFFBOARD_TIMEOUT: expected a time with its unit, such as 500ms, 30s, 10m or 2h, not "3"',
    ]);
  });
});

describe('base URL', () => {
  it('takes plain http on loopback, and elsewhere where that is allowed', async () => {
    expect((await read({ words: ['a', '--base-url', 'http://127.0.0.1:8765/'] })).baseUrl).toBe(
      'http://127.0.0.1:8765',
    );
    expect((await read({ words: ['a', '--base-url', 'http://h', '--allow-http'] })).baseUrl).toBe('http://h');
  });

  it('names PARADIGM_BASE_URL where that is what is wrong, without its password', async () => {
    const told = await refusal({ environment: { PARADIGM_BASE_URL: 'https://me:hunter2@h' } });
    expect(told).toContain('environment PARADIGM_BASE_URL: expected an address without user info');
    expect(told).not.toContain('hunter2');
  });
});

describe('shards and rate', () => {
  it.each([
    ['divides the rate by the shards', ['--rate', '10', '--shard', '2/4'], {}, 2.5],
    ['keeps no ceiling undivided', ['--rate', 'off', '--shard', '2/4'], {}, 'off'],
    ['takes a rate of the shard as it is', ['--rate-per-shard', '10', '--shard', '2/4'], {}, 10],
    [
      'prefers the rate of the shard to the one of all',
      ['--rate', '4', '--rate-per-shard', '3', '--shard', '1/2'],
      {},
      3,
    ],
    [
      'lets a stronger source say the rate of all',
      ['--rate', '4', '--shard', '1/2'],
      { OFFBOARD_RATE_PER_SHARD: '30' },
      2,
    ],
  ])('%s', async (_, words, environment, rate) => {
    expect((await read({ words: ['a.csv', ...words], environment })).rate).toBe(rate);
  });

  it('takes the share of an Indexed Job from its index', async () => {
    const environment = { OFFBOARD_SHARDS: '4', JOB_COMPLETION_INDEX: '0' };
    expect((await read({ environment })).shard).toEqual({ index: 1, count: 4 });
  });

  it('says what is missing where there is no index', async () => {
    const told = await refusal({ environment: { OFFBOARD_SHARDS: '4' } });
    expect(told).toMatch(/^environment OFFBOARD_SHARDS: JOB_COMPLETION_INDEX is not set/);
  });

  it('pays no heed to the index where nobody asks for shards', async () => {
    expect((await read({ environment: { JOB_COMPLETION_INDEX: '7' } })).shard).toBeUndefined();
  });
});

describe('describeSettings', () => {
  it('says rates in requests a second, times as they are written, and null where nothing was said', async () => {
    const words = ['a.csv', '--rate', '600/min', '--timeout', '1500ms', '--api-key-file', 'secret/key'];
    expect(describeSettings(await read({ words }))).toEqual({
      rate: 10,
      concurrency: 8,
      maxAttempts: 5,
      timeout: '1500ms',
      maxOutage: '10m',
      maxDuration: null,
      grace: '20s',
      maxRemovals: 500,
      onInvalid: 'stop',
      protect: null,
      workspaceColumn: null,
      userColumn: null,
      retryForbidden: false,
      fresh: false,
      yes: false,
      apiKeyFrom: 'file',
    });
    expect(describeSettings(await read({ words: ['a', '--rate=off', '--max-duration=2h'] }))).toMatchObject({
      rate: 'off',
      maxDuration: '2h',
      apiKeyFrom: 'environment',
    });
  });
});
