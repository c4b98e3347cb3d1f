import { sandboxDefaults } from '../sandbox/sandbox-options.ts';
import type { OptionTable } from './option-table.ts';
import { durationText, parseDuration } from './parse-duration.ts';
import { parseRate } from './parse-rate.ts';
import { parseBoolean, parseDecimal, parseIds, parseInteger, parsePath, parseText } from './parse-scalar.ts';

/** Every option of `sandbox`. They are flags only: a rehearsal takes nothing from the environment of a real run. */
export const sandboxOptionTable = {
  port: {
    group: 'Server',
    description: 'port on 127.0.0.1; 0 takes a free one',
    takes: 'value',
    parse: parseInteger(0, 65_535),
    byDefault: String(sandboxDefaults.port),
  },
  key: {
    group: 'Server',
    description: 'the key it asks for; it opens nothing else',
    takes: 'text',
    parse: parseText,
    byDefault: sandboxDefaults.key,
  },

  members: {
    group: 'Members',
    description: 'CSV of the memberships it starts with, the same kind of file that run reads',
    takes: 'path',
    parse: parsePath,
    defaultWords: 'made-up ones',
  },
  workspaces: {
    group: 'Members',
    description: 'how many workspaces are made up, ids from 1',
    takes: 'value',
    parse: parseInteger(0, 10_000),
    byDefault: String(sandboxDefaults.workspaces),
  },
  users: {
    group: 'Members',
    description: 'how many users are made up, ids from 1001, each in every workspace',
    takes: 'value',
    parse: parseInteger(0, 100_000),
    byDefault: String(sandboxDefaults.users),
  },
  forbidden: {
    group: 'Members',
    description: 'workspaces whose members the key may not remove, such as 3,7',
    takes: 'value',
    parse: parseIds,
  },

  latency: {
    group: 'Behaviour',
    description: 'average time until an answer',
    takes: 'value',
    parse: parseDuration(0, 600_000),
    byDefault: durationText(sandboxDefaults.latencyMs),
  },
  limit: {
    group: 'Behaviour',
    description: 'rate limit that is answered with 429: 60/s, 600/min, off',
    takes: 'value',
    parse: parseRate,
    byDefault: 'off',
  },
  /** On by default: the help shows `--no-retry-after`. */
  'retry-after': {
    group: 'Behaviour',
    description: 'a 429 does not say how long to wait',
    takes: 'switch',
    parse: parseBoolean,
    byDefault: 'true',
  },
  faults: {
    group: 'Behaviour',
    description: 'share of requests that go wrong (resets, 5xx, no answer), 0 to 1',
    takes: 'value',
    parse: parseDecimal(0, 1),
    byDefault: String(sandboxDefaults.faults),
  },
  maintenance: {
    group: 'Behaviour',
    description: 'answer everything with 503 service_maintenance',
    takes: 'switch',
    parse: parseBoolean,
    byDefault: 'false',
  },
  seed: {
    group: 'Behaviour',
    description: 'the same seed gives the same faults and latencies',
    takes: 'value',
    parse: parseInteger(0, 4_294_967_295),
    byDefault: String(sandboxDefaults.seed),
  },
} as const satisfies OptionTable;
