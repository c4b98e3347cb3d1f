import { type JournalEvent, journalSchemaVersion, type Settled } from './journal-event.ts';

/** One event as its line of journal.ndjson, line break included. */
export function renderJournalLine(event: JournalEvent): string {
  const isPlain = event.event === 'settled' && event.detail === undefined && event.lost === undefined;
  return isPlain && (event.ms === null || Number.isFinite(event.ms))
    ? renderSettled(event)
    : `${JSON.stringify(event)}\n`;
}

/** Nearly every line is such a one: put together by hand in half the time. `toFixed`: V8 would keep the texts of the numbers. */
function renderSettled({ line, attempts, outcome, reason, status, ms, at }: Settled): string {
  const tookMs = ms === null ? 'null' : ms.toFixed(2);
  return `{"event":"settled","line":${line.toFixed(0)},"attempts":${attempts},"outcome":"${outcome}","reason":${JSON.stringify(reason)},"status":${status},"ms":${tookMs},"at":"${at}"}\n`;
}

/** A line of a journal read back, or why it cannot be trusted. */
export type ParsedLine =
  | { readonly kind: 'event'; readonly event: JournalEvent }
  | { readonly kind: 'problem'; readonly problem: string };

/**
 * Reads one whole line. A journal is never half-trusted: what is not exactly an event of ours is a problem, however
 * harmless it looks. Fields that only people read are not looked at.
 */
export function parseJournalLine(text: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'problem', problem: 'is not JSON' };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'problem', problem: 'is not an event' };
  const event = value as Record<string, unknown>;
  const name = String(event['event']);
  const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
  if (check === undefined) return { kind: 'problem', problem: 'is no event that this version knows' };
  const problem = check(event);
  if (problem !== undefined) return { kind: 'problem', problem };
  return { kind: 'event', event: event as unknown as JournalEvent };
}

type Check = (event: Record<string, unknown>) => string | undefined;

const checks: Readonly<Record<string, Check>> = {
  'run-created': (event) => {
    const version = event['schemaVersion'];
    if (!isCount(version)) return 'has no schemaVersion';
    if (version > journalSchemaVersion) return `was written by a newer version (schemaVersion ${version})`;
    return need(event, { runId: isText, at: isText, input: isObject, target: isObject, tool: isObject });
  },
  'session-started': (event) =>
    need(event, { session: isCount, at: isText, host: isText, settings: isObject, dryRun: isBoolean }),
  protected: (event) => need(event, { lines: isLines }),
  starting: (event) => need(event, { pass: oneOf('fresh', 'again'), throughLine: isCount }),
  retrying: (event) => need(event, { lines: isLines }),
  attempt: (event) =>
    need(event, {
      line: isCount,
      attempts: isCount,
      reason: isText,
      at: isText,
      lost: isBoolean,
      verdict: oneOf('transient', 'throttled', 'unauthorized', 'stop'),
    }),
  settled: (event) =>
    need(event, {
      line: isCount,
      attempts: isCount,
      reason: isText,
      at: isText,
      outcome: oneOf('removed', 'not-found', 'forbidden', 'failed'),
    }),
  'key-changed': (event) => need(event, { apiKeyFingerprint: isText, at: isText }),
  warning: (event) => need(event, { text: isText }),
  'session-ended': (event) =>
    need(event, { at: isText, status: oneOf('completed', 'stopped'), exitCode: isCount, unsent: isUnsent }),
};

function need(event: Record<string, unknown>, fields: Readonly<Record<string, (v: unknown) => boolean>>) {
  for (const [name, isRight] of Object.entries(fields)) {
    if (!isRight(event[name])) return `has no right ${name}`;
  }
  return undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isLines(value: unknown): boolean {
  return Array.isArray(value) && value.every(isCount);
}

function isUnsent(value: unknown): boolean {
  return isObject(value) && isLines(value['fresh']) && isLines(value['again']);
}

function oneOf(...words: string[]): (value: unknown) => boolean {
  return (value) => words.includes(value as string);
}
