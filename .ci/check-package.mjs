// npm pack --dry-run --json | node .ci/check-package.mjs : the package holds what an operator needs, and nothing else.
import { readFileSync } from 'node:fs';

const [{ files }] = JSON.parse(readFileSync(0, 'utf8'));
const paths = files.map(({ path }) => path);
const needed = [
  'package.json',
  'LICENSE',
  'dist/main.js',
  'dist/tell-watchers.js',
  'dist/help/run-80.txt',
  'jobs/offboard.yaml',
  'samples/leavers.csv',
];
const allowed =
  /^(dist\/[a-z\d-]+\.js|dist\/help\/.+\.txt|jobs\/.+|samples\/leavers\.csv|package\.json|LICENSE|(README|CHANGELOG)\.md)$/;

const missing = needed.filter((path) => !paths.includes(path));
const strange = paths.filter((path) => !allowed.test(path));
console.log(`${paths.length} files`);
for (const path of missing) console.error(`missing: ${path}`);
for (const path of strange) console.error(`does not belong there: ${path}`);
if (missing.length + strange.length > 0) process.exitCode = 1;
