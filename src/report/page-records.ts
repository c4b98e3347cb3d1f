import { outcomes } from '../plan/outcome.ts';
import { escapeHtml } from './escape-html.ts';
import type { ExcerptRow } from './excerpt.ts';
import type { CsvLayout } from './render-csv.ts';

/** Columns of the input beside the two ids that the page has room for. */
const furtherColumns = 6;

/** The columns of the input that the page shows, counted from 0: the two ids first. */
export function choosePageColumns({ names, ids }: CsvLayout): readonly number[] {
  const further = [...names.keys()].filter((column) => column !== ids.workspace && column !== ids.user);
  return [ids.workspace, ids.user, ...further.slice(0, furtherColumns)];
}

/** The table of records; a script may search and filter it. `records` is how many there are in all. */
export function renderRecords(layout: CsvLayout, rows: readonly ExcerptRow[], records: number): string {
  const hidden = records - rows.length;
  const names = choosePageColumns(layout).map((column) => layout.names[column] ?? '');
  const heads = ['Line', 'Outcome', ...names, 'Reason', 'Status', 'Attempts', 'Finished', 'Detail'];
  return `<section class="records">
<h2>Records</h2>
${hidden > 0 ? `<p>${rows.length} of ${records} records are shown, those that need a person first; ${hidden} are not. The CSV files have all of them, and all columns.</p>` : ''}
<div id="controls" hidden>
<label>Search <input id="search" type="search" autocomplete="off"></label>
<label>Outcome <select id="outcome"><option value="">all</option>${renderChoices(rows)}</select></label>
<span id="matches" role="status" aria-live="polite"></span>
</div>
<div class="wide" role="region" aria-label="Records" tabindex="0"><table id="records">
<thead><tr>${heads.map((head) => `<th scope="col" dir="auto">${escapeHtml(head)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map(renderRow).join('\n')}
</tbody>
</table></div>
</section>`;
}

function renderChoices(rows: readonly ExcerptRow[]): string {
  const present = new Set<string>(rows.map(({ ending }) => ending.outcome));
  const choices = outcomes
    .filter((outcome) => present.has(outcome))
    .map((outcome) => `<option>${outcome}</option>`);
  const perhaps = rows.some(({ group }) => group === 'perhaps-removed');
  return `${choices.join('')}${perhaps ? '<option value="perhaps-removed">perhaps removed</option>' : ''}`;
}

function renderRow({ group, line, cells, ending }: ExcerptRow): string {
  const { outcome, reason, status, attempts, finishedAt, detail } = ending;
  const texts = [...cells, reason, String(status ?? ''), String(attempts), finishedAt ?? '', detail];
  const columns = texts.map((text) => `<td dir="auto">${escapeHtml(text)}</td>`).join('');
  const named = group === 'perhaps-removed' ? `${outcome}, perhaps removed` : outcome;
  return `<tr data-outcome="${outcome}" data-group="${group}"><th scope="row">${line}</th><td>${named}</td>${columns}</tr>`;
}
