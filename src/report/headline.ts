import type { ReportJson } from './report-json.ts';

/** How many records wait for somebody: forbidden, failed and invalid ones. */
function countAttention({ counts }: Pick<ReportJson, 'counts'>): number {
  return counts.forbidden + counts.failed + counts.invalid;
}

/** What happened, in one line: `412 removed, 3 need a person`. */
export function renderHeadline(report: ReportJson): string {
  const { run, counts } = report;
  const attention = countAttention(report);
  const person = attention === 0 ? '' : `${attention} ${attention === 1 ? 'needs' : 'need'} a person`;
  if (run.dryRun) {
    return join('Dry run, nothing was sent', `${counts['not-attempted']} would be removed`, person);
  }
  const removed = `${counts.removed} removed`;
  if (run.status === 'stopped') {
    const rest = counts['not-attempted'] > 0 ? `${counts['not-attempted']} not attempted` : '';
    return `Stopped (${run.reason ?? 'unknown reason'}): ${join(removed, rest, person)}`;
  }
  return join(removed, person === '' ? 'nothing needs a person' : person);
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}
