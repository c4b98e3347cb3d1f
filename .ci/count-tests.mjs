// node .ci/count-tests.mjs <folder> : prints the closing line that a machine reads, the sum of all result files there
// (vitest --reporter=json). Exits 1 where nothing ran or anything failed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const results = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const sum = (field) => results.reduce((total, result) => total + result[field], 0);
const passed = sum('numPassedTests');
const failed = sum('numFailedTests');

console.log(`tests: ${passed} passed, ${failed} failed`);
// A file that does not even load fails without a failed test.
if (passed === 0 || failed > 0 || results.some(({ success }) => !success)) process.exitCode = 1;
