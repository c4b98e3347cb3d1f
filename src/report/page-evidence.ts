import { escapeHtml } from './escape-html.ts';
import type { ReportJson } from './report-json.ts';

/** Who ran what, when, against which instance and on which input: what an auditor asks for. */
export function renderEvidence(report: ReportJson): string {
  const { run, tool, input, target, requests, settings } = report;
  const { latencyMs } = requests;
  const rows: readonly (readonly [string, string])[] = [
    ['Run', run.id],
    ['Status', `${run.status}${run.reason === null ? '' : ` (${run.reason})`}, exit code ${run.exitCode}`],
    ['Dry run', run.dryRun ? 'yes, nothing was sent' : 'no'],
    ['Host', run.host],
    ['Tool', `${tool.name} ${tool.version}`],
    ['Started', run.startedAt],
    ['Finished', run.finishedAt],
    ['Sessions', String(run.sessions)],
    ['Instance', `${target.baseUrl} (${target.scope})`],
    ['API key', target.apiKeyFingerprint ?? 'none needed'],
    ['Input', input.path],
    ['SHA-256 of the input', input.sha256],
    ['Records', describeRecords(input)],
    ['Columns', `workspace: ${input.columns.workspace}, user: ${input.columns.user}`],
    ['Requests', `${requests.sent} sent, ${requests.retries} retries, ${requests.throttled} throttled`],
    ['Pace', `${requests.perSecond}/s over ${requests.seconds} s`],
    [
      'Latency',
      `median ${latencyMs.p50} ms, 95 % ${latencyMs.p95} ms, 99 % ${latencyMs.p99} ms, most ${latencyMs.max} ms`,
    ],
    ...Object.entries(settings).map(([name, value]) => [`Setting ${name}`, String(value ?? 'none')] as const),
  ];
  const list = rows.map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd dir="auto">${escapeHtml(value)}</dd>`,
  );
  return `<h2>Evidence</h2>\n<dl>\n${list.join('\n')}\n</dl>`;
}

function describeRecords({ records, fileRecords, shard }: ReportJson['input']): string {
  if (shard === null) return String(records);
  return `${records}, shard ${shard}${fileRecords === undefined ? '' : ` of a file with ${fileRecords}`}`;
}
