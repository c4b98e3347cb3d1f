import { type Advice, findAdvice } from './advice.ts';
import { escapeHtml } from './escape-html.ts';
import type { ExcerptRow } from './excerpt.ts';
import type { ReportJson } from './report-json.ts';

/** Rows and workspaces shown with each advice; the table below and the CSV files have more. */
const shownRows = 20;

/** What needs a person, with what to do about it and the first records of each kind. */
export function renderAttention(report: ReportJson, rows: readonly ExcerptRow[]): string {
  const advice = findAdvice(report);
  const body =
    advice.length === 0
      ? '<p>Nothing needs a person.</p>'
      : advice.map((one) => renderAdvice(report, one, rows)).join('\n');
  return `<h2>What needs a person</h2>\n${body}`;
}

function renderAdvice(report: ReportJson, advice: Advice, rows: readonly ExcerptRow[]): string {
  const { about, records, explanation, remedy } = advice;
  const details =
    about === 'forbidden'
      ? renderWorkspaces(report.forbiddenByWorkspace)
      : renderRows(
          records,
          rows.filter(({ group, ending }) => group === about || ending.outcome === about),
        );
  return `<h3>${about.replace('-', ' ')}: ${records}</h3>
<p>${escapeHtml(explanation)} ${escapeHtml(remedy)}</p>
${details}`;
}

function renderWorkspaces(forbidden: ReportJson['forbiddenByWorkspace']): string {
  const rows = forbidden
    .slice(0, shownRows)
    .map(
      ({ workspace, records }) =>
        `<tr><th scope="row">${workspace}</th><td class="count">${records}</td></tr>`,
    );
  return `<table><thead><tr><th scope="col">Workspace</th><th scope="col" class="count">Records</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>
${renderMore(forbidden.length - rows.length, 'more workspaces are in report.json')}`;
}

function renderRows(records: number, rows: readonly ExcerptRow[]): string {
  const shown = rows
    .slice(0, shownRows)
    .map(
      ({ line, ending }) =>
        `<li>line ${line}: <bdi>${escapeHtml(ending.reason)}</bdi>${ending.detail === '' ? '' : `, <bdi>${escapeHtml(ending.detail)}</bdi>`}</li>`,
    );
  return `<ul>${shown.join('\n')}</ul>\n${renderMore(records - shown.length, 'more are in the CSV files')}`;
}

function renderMore(count: number, where: string): string {
  return count > 0 ? `<p class="soft">${count} ${where}.</p>` : '';
}
