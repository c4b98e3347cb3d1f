import { outcomes } from '../plan/outcome.ts';
import type { RunEnding } from './run-ending.ts';

interface Family {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

const lastSuccess = 'offboard_last_success_timestamp_seconds';

/**
 * A run's ending in Prometheus' text format: gauges that say how the last run went. `common` are labels of every sample.
 * `lastSuccessSeconds` is when a run last ended with 0, in epoch seconds; undefined leaves it out.
 */
export function renderMetrics(
  ending: RunEnding,
  common: Readonly<Record<string, string>>,
  lastSuccessSeconds: number | undefined,
): string {
  return families(ending, lastSuccessSeconds)
    .filter(({ samples }) => samples.length > 0)
    .map((family) => renderFamily(family, common))
    .join('');
}

/** When the run of this ending succeeded, in epoch seconds; undefined where it did not. */
export function successOf({ exitCode, endedAtMs }: RunEnding): number | undefined {
  return exitCode === 0 ? endedAtMs / 1_000 : undefined;
}

/** The last success that an earlier text of `renderMetrics` names. */
export function parseLastSuccess(text: string): number | undefined {
  const [, number] = new RegExp(`^${lastSuccess}(?:\\{[^\\n]*\\})? ([0-9.]+)$`, 'm').exec(text) ?? [];
  const seconds = Number(number);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

function families(ending: RunEnding, lastSuccessSeconds: number | undefined): readonly Family[] {
  const { version, exitCode, reason, endedAtMs, seconds, heldSeconds, report } = ending;
  const one = (name: string, help: string, value: number | undefined): Family => ({
    name,
    help,
    samples: value === undefined ? [] : [{ value }],
  });
  return [
    {
      name: 'offboard_build_info',
      help: 'The version that ran last.',
      samples: [{ labels: { version }, value: 1 }],
    },
    one(lastSuccess, 'When a run last ended with exit code 0.', lastSuccessSeconds),
    one('offboard_last_run_timestamp_seconds', 'When the last run ended, however it did.', endedAtMs / 1_000),
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
      samples:
        report === undefined
          ? []
          : outcomes.map((outcome) => ({ labels: { outcome }, value: report.counts[outcome] })),
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

function renderFamily({ name, help, samples }: Family, common: Readonly<Record<string, string>>): string {
  const lines = samples.map(
    ({ labels, value }) => `${name}${renderLabels({ ...common, ...labels })} ${value}\n`,
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escapeLabel(text)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** As the text format asks for it (prometheus/docs, exposition formats). */
function escapeLabel(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
