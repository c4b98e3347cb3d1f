import { outcomes } from '../plan/outcome.ts';
import { byOutcome } from './by-outcome.ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const scalar = { anyOf: [text, flag, { type: 'number' }, { type: 'null' }] } as const;
const count = { type: 'integer', minimum: 0 } as const;
const amount = { type: 'number', minimum: 0 } as const;
const instant = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' } as const;

/** The JSON Schema (draft 2020-12) of report.json, schema version 1; `offboard report --schema` prints it. */
export const reportSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Report of an offboard run',
  ...shape({
    schemaVersion: { const: 1 },
    tool: shape({ name: text, version: text }),
    run: shape({
      id: text,
      status: { enum: ['completed', 'stopped'] },
      reason: { type: ['string', 'null'], description: 'Why it stopped; null where it completed.' },
      exitCode: { type: 'integer', minimum: 0, maximum: 255 },
      startedAt: instant,
      finishedAt: instant,
      sessions: { type: 'integer', minimum: 1, description: 'Executions that worked on this run.' },
      dryRun: flag,
      host: text,
    }),
    target: shape({
      baseUrl: text,
      scope: { enum: ['instance', 'company'] },
      apiKeyFingerprint: {
        type: ['string', 'null'],
        pattern: '^sha256:[0-9a-f]{12}$',
        description: 'Null where no key was needed.',
      },
    }),
    input: shape(
      {
        path: text,
        sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        records: { ...count, description: "With a shard, this shard's." },
        fileRecords: { ...count, description: "With a shard, the whole file's." },
        columns: shape({ workspace: text, user: text }),
        shard: {
          type: ['string', 'null'],
          pattern: '^[1-9]\\d*/[1-9]\\d*(, [1-9]\\d*/[1-9]\\d*)*$',
          description:
            'i/n; of a merged report that lacks some, those that are in it; null for the whole file.',
        },
      },
      ['fileRecords'],
    ),
    settings: { type: 'object', additionalProperties: scalar },
    counts: shape(byOutcome(() => count)),
    reasons: shape(
      byOutcome(() => ({ type: 'object', additionalProperties: count })),
      outcomes,
    ),
    perhapsRemoved: {
      ...count,
      description: '`failed`, `not-attempted` or `protected`, but may have been removed.',
    },
    requests: shape({
      sent: count,
      retries: count,
      throttled: count,
      seconds: amount,
      perSecond: amount,
      latencyMs: shape({ p50: amount, p95: amount, p99: amount, max: amount }),
    }),
    forbiddenByWorkspace: {
      type: 'array',
      items: shape({
        workspace: { type: 'integer', minimum: 1 },
        records: { type: 'integer', minimum: 1 },
      }),
      description: 'Most records first.',
    },
    warnings: { type: 'array', items: text },
    files: shape(byOutcome((outcome) => ({ const: `${outcome}.csv` }))),
  }),
} as const;

/** An object of exactly these properties, all of them required but the optional ones. */
function shape<T extends Readonly<Record<string, unknown>>>(properties: T, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false } as const;
}
