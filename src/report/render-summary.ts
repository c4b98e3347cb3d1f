import { exitCodes } from '../exit-code.ts';
import { type Outcome, outcomes } from '../plan/outcome.ts';
import { visibleText } from '../plan/visible-text.ts';
import { type Advice, chooseNextCommand, findAdvice, findStopRemedy } from './advice.ts';

import { renderHeadline } from './headline.ts';
import type { ReportJson } from './report-json.ts';
import { wrapText } from './wrap-text.ts';

/** What the summary says beside report.json. */
export interface SummarySurroundings {
  /** Where the report lies, as the operator may type it; undefined where none was written. */
  readonly folder: string | undefined;
  /** The command line that goes on with this run (of a dry run: that runs it), ready to be pasted. */
  readonly command: string | undefined;
  /** One sentence, why the run stopped; null where it completed. */
  readonly stopMessage: string | null;
}

/** The text on standard output at the end of a run: at most 80 columns where words allow, escaped, no colours. */
export function renderSummary(report: ReportJson, surroundings: SummarySurroundings): string {
  const blocks = [
    show(renderHeadline(report)),
    renderStop(report, surroundings.stopMessage),
    renderCounts(report),
    // A warning names what is perhaps removed already.
    findAdvice(report)
      .filter(({ about }) => about !== 'perhaps-removed')
      .map((advice) => renderAdvice(report, advice)),
    report.warnings.map((warning) => wrapText(show(warning), 'Warning: ')),
    renderClosing(report, surroundings),
  ];
  return `${blocks
    .flat()
    .filter((block) => block !== '')
    .join('\n\n')}\n`;
}

function renderStop(report: ReportJson, stopMessage: string | null): string {
  const remedy = findStopRemedy(report);
  if (remedy === undefined) return '';
  return wrapText(`${stopMessage === null ? '' : `${show(stopMessage)} `}${remedy}`, '');
}

function renderCounts({ counts, reasons, input, requests }: ReportJson): string {
  const digits = String(input.records).length;
  const rows = outcomes
    .filter((outcome) => outcome === 'removed' || counts[outcome] > 0)
    .map((outcome) => {
      const why = describeReasons(outcome, reasons[outcome] ?? {});
      return wrapText(
        why,
        `  ${outcome.padEnd(13)}  ${String(counts[outcome]).padStart(digits)}  `,
      ).trimEnd();
    });
  const total = `  ${'records'.padEnd(13)}  ${input.records}`;
  const sent =
    requests.sent === 0
      ? '  no request was sent'
      : wrapText(
          `requests: ${requests.sent} in ${requests.seconds} s (${requests.perSecond}/s), ` +
            `retries: ${requests.retries}, throttled: ${requests.throttled}`,
          '  ',
        );
  return [...rows, total, sent].join('\n');
}

/** Nothing where the only reason says no more than the outcome. */
function describeReasons(outcome: Outcome, reasons: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  if (sorted.length > 1) return sorted.map(([reason, count]) => `${show(reason)} ${count}`).join(', ');
  return outcome === 'removed' || outcome === 'duplicate'
    ? ''
    : sorted.map(([reason]) => show(reason)).join();
}

/** Workspaces named in the summary; report.json and the page name all. */
const namedWorkspaces = 5;

function renderAdvice(report: ReportJson, { about, records, explanation, remedy }: Advice): string {
  const lines = [`${about}: ${records}`, wrapText(explanation, '  ')];
  if (about === 'forbidden') lines.push(...renderWorkspaces(report.forbiddenByWorkspace));
  lines.push(wrapText(remedy, '  '));
  return lines.join('\n');
}

function renderWorkspaces(forbidden: ReportJson['forbiddenByWorkspace']): readonly string[] {
  const named = forbidden
    .slice(0, namedWorkspaces)
    .map(({ workspace, records }) => `    workspace ${workspace}: ${records} ${plural(records, 'record')}`);
  const more = forbidden.length - named.length;
  return more > 0 ? [...named, `    and ${more} more ${plural(more, 'workspace')}, see report.html`] : named;
}

function renderClosing(report: ReportJson, { folder, command }: SummarySurroundings): string {
  const lines: string[] = [];
  if (folder !== undefined) lines.push(`Report  ${show(folder)}/report.html`);
  const next = command === undefined ? undefined : chooseNextCommand(report, command);
  if (next !== undefined) lines.push(`Next    ${show(next)}`);
  const { exitCode } = report.run;
  const row = Object.values(exitCodes).find(({ code }) => code === exitCode);
  const meaning = row === undefined ? '' : `: ${row.meaning.replaceAll('`', '')}`;
  lines.push(wrapText(`${exitCode}${meaning}`, 'Exit    '));
  return lines.join('\n');
}

function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}

/** Hostile text as a terminal may print it, uncut: a path has to be copied whole. */
function show(text: string): string {
  return visibleText(text, Number.POSITIVE_INFINITY);
}
