import type { OptionTable } from './option-table.ts';
import { parseBaseUrl } from './parse-base-url.ts';
import { parseDuration } from './parse-duration.ts';
import { parseRate } from './parse-rate.ts';
import { parseBoolean, parseChoice, parseInteger, parsePath, parseText } from './parse-scalar.ts';
import { mostShards, parseShard } from './parse-shard.ts';
import { parseMetricsFile, parseWatcherUrl } from './parse-watcher-url.ts';

const second = 1_000;
const hour = 3_600 * second;
/** Longer than any run; well below what a timer of Node.js can wait for (2^31 - 1 ms, 24 days). */
const week = 168 * hour;

/** A switch that is off until somebody turns it on. */
const off = { takes: 'switch', parse: parseBoolean, byDefault: 'false' } as const;

/** Every option of `run` and `plan`. */
export const runOptionTable = {
  'workspace-column': {
    group: 'Input',
    description: 'header of the column with the workspace ids, where it has no usual name',
    takes: 'text',
    parse: parseText,
  },
  'user-column': {
    group: 'Input',
    description: 'header of the column with the user ids, where it has no usual name',
    takes: 'text',
    parse: parseText,
  },
  'on-invalid': {
    group: 'Input',
    description: 'a record that cannot be read: stop sends nothing, skip reports it and goes on',
    takes: 'value',
    parse: parseChoice(['stop', 'skip']),
    byDefault: 'stop',
  },
  config: {
    group: 'Input',
    description: 'job file, YAML or JSON: options by name, and `input`; flags and OFFBOARD_… beat it',
    takes: 'path',
    parse: parsePath,
  },

  'base-url': {
    group: 'Target',
    description: 'the instance',
    takes: 'value',
    parse: parseBaseUrl,
    byDefault: 'https://paradigm.lighton.ai',
    defaultWords: 'PARADIGM_BASE_URL, else https://paradigm.lighton.ai',
  },
  scope: {
    group: 'Target',
    description: "instance or company: which admin level's paths are used",
    takes: 'value',
    parse: parseChoice(['instance', 'company']),
    byDefault: 'instance',
  },
  'api-key-file': {
    group: 'Target',
    description: 'file with the API key',
    takes: 'path',
    parse: parsePath,
    defaultWords: 'the key in PARADIGM_API_KEY',
  },
  'allow-http': {
    group: 'Target',
    description: 'let the key travel unencrypted to an http: instance',
    ...off,
  },

  'dry-run': { group: 'Safety', description: 'send nothing, say what a run would do', ...off },
  'max-removals': {
    group: 'Safety',
    description: 'more removals than this in the input: send nothing (exit 22)',
    takes: 'value',
    parse: parseInteger(0, 1_000_000_000),
    byDefault: '500',
  },
  protect: {
    group: 'Safety',
    description: 'file of user ids that are never removed, one a line',
    takes: 'path',
    parse: parsePath,
  },
  yes: { group: 'Safety', description: 'do not ask before the first request', ...off },

  rate: {
    group: 'Pace',
    description: 'ceiling on request starts: 10, 10/s, 600/min, off',
    takes: 'value',
    parse: parseRate,
    byDefault: '10',
  },
  concurrency: {
    group: 'Pace',
    description: 'ceiling on requests in flight',
    takes: 'value',
    parse: parseInteger(1, 1_000),
    byDefault: '8',
  },
  'max-attempts': {
    group: 'Pace',
    description: 'attempts per removal, the first included',
    takes: 'value',
    parse: parseInteger(1, 100),
    byDefault: '5',
  },

  timeout: {
    group: 'Limits',
    description: 'per attempt, connect included',
    takes: 'value',
    parse: parseDuration(10, hour),
    byDefault: '30s',
  },
  'max-outage': {
    group: 'Limits',
    description: 'how long the instance may be unreachable before the run stops',
    takes: 'value',
    parse: parseDuration(10, week),
    byDefault: '10m',
  },
  'max-duration': {
    group: 'Limits',
    description: 'soft time limit of the whole run, the report included',
    takes: 'value',
    parse: parseDuration(100, week),
    defaultWords: 'none',
  },
  grace: {
    group: 'Limits',
    description: 'after SIGTERM or Ctrl-C, how long requests in flight may take',
    takes: 'value',
    parse: parseDuration(0, hour),
    byDefault: '20s',
  },

  out: {
    group: 'Run folder',
    description: 'the run folder; one of the same input is resumed',
    takes: 'path',
    parse: parsePath,
    defaultWords: 'the newest unfinished run of this input, else a new one',
  },
  'runs-folder': {
    group: 'Run folder',
    description: 'where run folders are made and looked for without --out',
    takes: 'path',
    parse: parsePath,
    byDefault: 'offboard-runs',
  },
  fresh: { group: 'Run folder', description: 'never resume: always a new run folder', ...off },
  'retry-forbidden': {
    group: 'Run folder',
    description: 'on a resume, try `forbidden` records again',
    ...off,
  },

  shard: {
    group: 'Shards',
    description: 'i/n: only the pairs of this share, counted from 1; --rate is divided by n',
    takes: 'value',
    parse: parseShard,
  },
  shards: {
    group: 'Shards',
    description: 'n: the share is JOB_COMPLETION_INDEX + 1 of n (a Kubernetes Indexed Job)',
    takes: 'value',
    parse: parseInteger(1, mostShards),
  },
  'rate-per-shard': {
    group: 'Shards',
    description: 'a ceiling for this share alone, in place of --rate divided by n',
    takes: 'value',
    parse: parseRate,
  },

  'metrics-file': {
    group: 'Watching',
    description: "how the run went, for Prometheus: a .prom file for node_exporter's textfile collector",
    takes: 'path',
    parse: parseMetricsFile,
  },
  pushgateway: {
    group: 'Watching',
    description: 'the same, sent to this Pushgateway at the end',
    takes: 'value',
    parse: parseWatcherUrl,
  },
  'ping-url': {
    group: 'Watching',
    description:
      'told of start and end as healthchecks.io has it: /start, /<exit code>, or /log for 21 and 24',
    takes: 'value',
    parse: parseWatcherUrl,
  },
  'termination-log': {
    group: 'Watching',
    description: 'file for one line of JSON at the end, for Kubernetes',
    takes: 'path',
    parse: parsePath,
    defaultWords: '/dev/termination-log where it is there',
  },

  'log-level': {
    group: 'Output',
    description: 'debug, info, warn or error: the least serious line that is logged',
    takes: 'value',
    parse: parseChoice(['debug', 'info', 'warn', 'error']),
    byDefault: 'info',
  },
  'log-format': {
    group: 'Output',
    description: 'pretty, json, or auto: pretty on a terminal, JSON lines elsewhere',
    takes: 'value',
    parse: parseChoice(['auto', 'pretty', 'json']),
    byDefault: 'auto',
  },
  json: { group: 'Output', description: 'print report.json in place of the summary', ...off },
} as const satisfies OptionTable;
