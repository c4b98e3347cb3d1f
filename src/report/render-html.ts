import { chooseNextCommand, findStopRemedy } from './advice.ts';
import { escapeHtml } from './escape-html.ts';
import type { ExcerptRow } from './excerpt.ts';
import { renderHeadline } from './headline.ts';
import { renderAttention } from './page-attention.ts';
import { renderEvidence } from './page-evidence.ts';
import { renderOutcomes } from './page-outcomes.ts';
import { renderRecords } from './page-records.ts';
import { pageScript, pageScriptHash } from './page-script.ts';
import { pageStyle, pageStyleHash } from './page-style.ts';
import type { CsvLayout } from './render-csv.ts';
import type { ReportJson } from './report-json.ts';

/** What report.html shows. */
export interface PageContent {
  readonly report: ReportJson;
  readonly layout: CsvLayout;
  /** Cells as `choosePageColumns` orders them. */
  readonly rows: readonly ExcerptRow[];
  /** One sentence, why the run stopped; null where it completed. */
  readonly stopMessage: string | null;
  /** The command line that goes on with this run; undefined where nobody knows it any more. */
  readonly command: string | undefined;
}

/** Nothing is loaded, and only the page's own script and style run, told by their hashes. */
const policy = `default-src 'none'; script-src '${pageScriptHash}'; style-src '${pageStyleHash}'; base-uri 'none'; form-action 'none'`;

/** report.html: one file that needs no network, and no script to be read. */
export function renderHtml({ report, layout, rows, stopMessage, command }: PageContent): string {
  const headline = escapeHtml(renderHeadline(report));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${headline}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${headline}</h1>
<p class="soft">${escapeHtml(report.target.baseUrl)}, ${escapeHtml(report.run.finishedAt)}, run ${escapeHtml(report.run.id)}</p>
${renderStop(report, stopMessage)}
${renderNext(report, command)}
${renderWarnings(report)}
${renderOutcomes(report)}
${renderAttention(report, rows)}
${renderRecords(layout, rows, report.input.records)}
${renderEvidence(report)}
</main>
<script>${pageScript}</script>
</body>
</html>
`;
}

function renderStop(report: ReportJson, stopMessage: string | null): string {
  const remedy = findStopRemedy(report);
  if (remedy === undefined) return '';
  return `<p class="stop"><strong>Stopped before the end.</strong> ${escapeHtml(stopMessage ?? '')} ${escapeHtml(remedy)}</p>`;
}

function renderNext(report: ReportJson, command: string | undefined): string {
  const next = command === undefined ? undefined : chooseNextCommand(report, command);
  return next === undefined
    ? ''
    : `<p>What to type next${report.run.dryRun ? '' : ', after looking at what needs a person'}: <code class="command">${escapeHtml(next)}</code></p>`;
}

function renderWarnings({ warnings }: ReportJson): string {
  if (warnings.length === 0) return '';
  const list = warnings.map((warning) => `<li><strong>Warning:</strong> ${escapeHtml(warning)}</li>`);
  return `<ul class="warnings">${list.join('\n')}</ul>`;
}
