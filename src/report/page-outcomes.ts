import { type Outcome, outcomes } from '../plan/outcome.ts';
import { escapeHtml } from './escape-html.ts';
import type { ReportJson } from './report-json.ts';

const barWidth = 1_000;

/** Narrower, a few failures among thousands could not be seen. */
const leastWidth = 4;

/** The bar of the outcomes and the totals under it, each with a link to its CSV. */
export function renderOutcomes(report: ReportJson): string {
  const rows = outcomes.map((outcome) => renderTotal(report, outcome)).join('\n');
  return `<h2>What happened</h2>
${renderBar(report)}
<div class="wide"><table>
<thead><tr><th scope="col">Outcome</th><th scope="col" class="count">Records</th><th scope="col">Reasons</th><th scope="col">All of them</th></tr></thead>
<tbody>
${rows}
</tbody>
<tfoot><tr><th scope="row">Records</th><td class="count">${report.input.records}</td><td></td><td></td></tr></tfoot>
</table></div>`;
}

function renderBar({ counts, input }: ReportJson): string {
  const shown = outcomes.filter((outcome) => counts[outcome] > 0);
  const widthOf = (outcome: Outcome) => Math.max(leastWidth, (barWidth * counts[outcome]) / input.records);
  const scale = barWidth / shown.reduce((sum, outcome) => sum + widthOf(outcome), 0);
  let x = 0;
  const segments = shown.map((outcome) => {
    const width = widthOf(outcome) * scale;
    const segment = `<rect class="${outcome}" x="${x.toFixed(2)}" y="0" width="${Math.max(1, width - 1).toFixed(2)}" height="28"><title>${outcome}: ${counts[outcome]}</title></rect>`;
    x += width;
    return segment;
  });
  const label = shown.map((outcome) => `${counts[outcome]} ${outcome}`).join(', ');
  return `<svg class="bar" role="img" aria-label="${label}" viewBox="0 0 ${barWidth} 28" preserveAspectRatio="none">${segments.join('')}</svg>`;
}

function renderTotal({ counts, reasons, files }: ReportJson, outcome: Outcome): string {
  const why = Object.entries(reasons[outcome] ?? {})
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${escapeHtml(reason)}: ${count}`)
    .join('<br>');
  const key = `<svg class="key" aria-hidden="true" viewBox="0 0 10 10"><rect class="${outcome}" width="10" height="10"/></svg>`;
  return `<tr><th scope="row">${key}${outcome}</th><td class="count">${counts[outcome]}</td><td dir="auto">${why}</td><td><a href="${escapeHtml(files[outcome])}">${escapeHtml(files[outcome])}</a></td></tr>`;
}
