import { outcomes } from '../plan/outcome.ts';
import type { RunEnding } from './run-ending.ts';

interface Family {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  /** Undefined where this run does not say: then what an earlier one said stays. */
  readonly value: number | undefined;
}

/**
 * A run's ending in Prometheus' text format: gauges that say how the last run went. `common` are labels of every sample.
 * `earlier` is what `parseMetrics` read of the run before: the last success and the last report stay until there are others.
 */
export function renderMetrics(
  ending: RunEnding,
  common: Readonly<Record<string, string>>,
  earlier: ReadonlyMap<string, number>,
): string {
  return families(ending)
    .map(({ name, help, samples }) => {
      const lines = samples.flatMap(({ labels, value }) => {
        const series = `${name}${renderLabels({ ...common, ...labels })}`;
        const known = value ?? earlier.get(series);
        return known === undefined ? [] : [`${series} ${known}\n`];
      });
      return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
    })
    .join('');
}

/** The samples of an earlier text of `renderMetrics`, by name and labels as they stand there. What cannot be read is left out. */
export function parseMetrics(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, series, number] = /^([a-z_]+(?:\{.*\})?) ([0-9.]+)$/s.exec(line) ?? [];
    const value = Number(number);
    if (series !== undefined && Number.isFinite(value)) samples.set(series, value);
  }
  return samples;
}

function families(ending: RunEnding): readonly Family[] {
  const { version, exitCode, reason, endedAtMs, seconds, heldSeconds, report } = ending;
  const endedAtSeconds = endedAtMs / 1_000;
  const one = (name: string, help: string, value: number | undefined): Family => ({
    name,
    help,
    samples: [{ value }],
  });
  return [
    {
      name: 'offboard_build_info',
      help: 'The version that ran last.',
      samples: [{ labels: { version }, value: 1 }],
    },
    one(
      'offboard_last_success_timestamp_seconds',
      'When a run last ended with exit code 0.',
      exitCode === 0 ? endedAtSeconds : undefined,
    ),
    one('offboard_last_run_timestamp_seconds', 'When the last run ended, however it did.', endedAtSeconds),
    one(
      'offboard_last_run_exit_code',
      'Exit code of the last run; jobs/README.md says what each means.',
      exitCode,
    ),
    {
      name: 'offboard_last_run_stopped',
      help: '1 with the reason why the last run stopped before its end; 0 where it did not.',
      // Always one: a Pushgateway would keep the reason of an earlier run.
      samples: [{ labels: { reason: reason ?? 'none' }, value: reason === null ? 0 : 1 }],
    },
    one('offboard_last_run_duration_seconds', 'How long the last run took.', seconds),
    one(
      'offboard_last_run_held_seconds',
      'How long the last run was held because the server throttled it.',
      heldSeconds,
    ),
    {
      name: 'offboard_last_run_records',
      help: 'Records of the last report by outcome.',
      samples: outcomes.map((outcome) => ({ labels: { outcome }, value: report?.counts[outcome] })),
    },
    one(
      'offboard_last_run_perhaps_removed_records',
      'Records of the last report that may have been removed although no answer said so.',
      report?.perhapsRemoved,
    ),
    one(
      'offboard_last_run_requests',
      'Requests behind the last report, over all sessions.',
      report?.requests.sent,
    ),
    one('offboard_last_run_retries', 'Requests of those that were sent again.', report?.requests.retries),
    one(
      'offboard_last_run_throttled_requests',
      'Requests of those that the server throttled.',
      report?.requests.throttled,
    ),
  ];
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escapeLabel(text)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** As the text format asks for it (prometheus/docs, exposition formats). */
function escapeLabel(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
