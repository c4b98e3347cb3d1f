/** The style of the page: light and dark, phone and paper. `pageStyleHash` is its SHA-256, checked by a test. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --text: #1c2330; --soft: #556070; --line: #d5dae2; --back: #fff; --panel: #f5f7fa; --alarm: #a3141e;
  --removed: #1f7a3d; --not-found: #5b7d8c; --forbidden: #b3261e; --failed: #c2571a;
  --invalid: #8e2a7e; --duplicate: #8a8f98; --protected: #2b5fb3; --not-attempted: #8a6d00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e9ee; --soft: #a7b0bd; --line: #3a4350; --back: #14181e; --panel: #1d232b; --alarm: #ff8a80;
    --removed: #4fb872; --not-found: #86a9b8; --forbidden: #ef6a60; --failed: #e8894a;
    --invalid: #cf75c0; --duplicate: #9aa1ab; --protected: #6f9fea; --not-attempted: #d0ad33;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1rem 0 0.25rem; }
p { margin: 0.25rem 0 0.5rem; max-width: 48rem; }
code { font: 0.9em ui-monospace, monospace; }
a { color: inherit; }
.soft { color: var(--soft); }
.stop, .warnings li { border-left: 0.3rem solid var(--alarm); background: var(--panel); padding: 0.5rem 0.75rem; }
.stop strong { color: var(--alarm); }
.warnings { list-style: none; padding: 0; }
.warnings li { margin: 0.5rem 0; }
.command { display: block; background: var(--panel); border: 1px solid var(--line); padding: 0.5rem 0.75rem;
  white-space: pre; overflow-x: auto; }
svg.bar { width: 100%; height: 1.75rem; display: block; margin: 0.75rem 0; }
svg.key { width: 0.9rem; height: 0.9rem; vertical-align: -0.1rem; margin-right: 0.4rem; }
.removed { fill: var(--removed); } .not-found { fill: var(--not-found); } .forbidden { fill: var(--forbidden); }
.failed { fill: var(--failed); } .invalid { fill: var(--invalid); } .duplicate { fill: var(--duplicate); }
.protected { fill: var(--protected); } .not-attempted { fill: var(--not-attempted); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; overflow-wrap: break-word; }
#records { width: 100%; }
#records td:last-child { min-width: 18rem; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--panel); }
th, td { max-width: 24rem; }
td { white-space: pre-wrap; }
td.count, th.count { text-align: right; font-variant-numeric: tabular-nums; }
tr[hidden], [hidden] { display: none; }
#controls { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: end; margin: 0.5rem 0; }
#controls label { display: grid; font-size: 0.85rem; }
input, select { font: inherit; padding: 0.3rem; height: 2.25rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.2rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
@media (max-width: 40rem) {
  dl { grid-template-columns: 1fr; }
  dd { margin-bottom: 0.4rem; }
}
@page { margin: 12mm; }
@page records { size: landscape; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  #controls[id] { display: none; }
  .command { white-space: pre-wrap; }
  .wide { overflow: visible; }
  table { font-size: 8pt; overflow-wrap: anywhere; }
  thead { display: table-header-group; }
  tr, .stop, h2, h3 { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  svg { print-color-adjust: exact; }
  .records { page: records; }
  #records { font-size: 7pt; line-height: 1.3; table-layout: fixed; }
  #records :is(th, td) { padding: 0.15rem 0.3rem; }
  #records td:last-child { min-width: 0; }
  #records th:nth-child(1) { width: 5em; }
  #records th:nth-child(2) { width: 7.5em; }
  #records th:is(:nth-child(3), :nth-child(4)) { width: 10em; }
  #records th:nth-last-child(5) { width: 10em; }
  #records th:nth-last-child(4) { width: 5em; }
  #records th:nth-last-child(3) { width: 6.5em; }
  #records th:nth-last-child(2) { width: 9.5em; }
  #records th:last-child { width: 16em; }
}
`;

/** For the page's Content-Security-Policy. */
export const pageStyleHash = 'sha256-Pgf3sLK97hB6gYoOowUjb6U9ysjFM4rYzP6Mzk/lMW8=';
