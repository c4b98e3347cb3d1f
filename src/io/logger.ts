import { pino } from 'pino';
import type { Log, LogFields } from '../effects.ts';
import { prettyLogLine } from '../report/pretty-log-line.ts';

/** How and where lines are logged. */
export interface LoggerOptions {
  /** Takes one finished line, with its line break; the place to clear a live progress line and to draw it again. */
  write(line: string): void;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'pretty' | 'json';
  /** Only the pretty format uses them. */
  readonly hasColours: boolean;
  /** The run's id once it is known. */
  runId(): string | undefined;
  /** Takes secrets out of a text. */
  redact(text: string): string;
}

/** A log of JSON lines (`level`, `time`, `event`, `runId`, fields, `message`), or of short lines for people. */
export function createLogger({ write, level, format, hasColours, runId, redact }: LoggerOptions): Log {
  const destination = {
    write(json: string) {
      const line =
        format === 'json'
          ? escapeUnseen(json)
          : prettyLogLine(JSON.parse(json) as Record<string, unknown>, hasColours);
      write(redact(line));
    },
  };
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  // Secrets are taken out before JSON escapes their quotes, and once more from whatever the line has become.
  const clean = (value: LogFields[string]) => (typeof value === 'string' ? redact(value) : value);
  const at =
    (name: keyof Log): Log[keyof Log] =>
    (event, fields, message) => {
      if (!logger.isLevelEnabled(name)) return;
      const cleanFields = Object.entries(fields).map(([key, value]) => [key, clean(value)]);
      logger[name]({ event, runId: runId(), ...Object.fromEntries(cleanFields) }, redact(message));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** JSON leaves C1 controls and bidi characters as they are; a terminal obeys them. */
function escapeUnseen(json: string): string {
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    // By code unit: an escape of JSON has four digits.
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
