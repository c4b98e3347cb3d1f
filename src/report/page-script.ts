/**
 * Searches and filters the table of the page. Without it the page shows everything, only the controls are hidden.
 * The page's policy allows exactly this text: `pageScriptHash` is its SHA-256, checked by a test.
 */
export const pageScript = `
const controls = document.querySelector('#controls');
const search = document.querySelector('#search');
const outcome = document.querySelector('#outcome');
const matches = document.querySelector('#matches');
const rows = Array.from(document.querySelectorAll('#records tbody tr'), (row) => ({
  row,
  text: row.textContent.toLowerCase(),
}));
function show() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const wanted = outcome.value;
  let count = 0;
  for (const { row, text } of rows) {
    const fits =
      (wanted === '' || row.dataset.outcome === wanted || row.dataset.group === wanted) &&
      words.every((word) => text.includes(word));
    row.hidden = !fits;
    if (fits) count += 1;
  }
  matches.textContent = count + ' of ' + rows.length + ' rows shown';
}
search.addEventListener('input', show);
outcome.addEventListener('change', show);
controls.hidden = false;
show();
`;

/** For the page's Content-Security-Policy. */
export const pageScriptHash = 'sha256-ygcGxM3Oii4W0nalWizCOvW9PSkNWA61YNdG/7SzzJM=';
