// npm run torture -- --rows 20000 --kills 100 --seed 1
// npm run torture -- outages two-runs : other suites of this folder, by name
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { rows: { type: 'string' }, kills: { type: 'string' }, seed: { type: 'string' } },
  allowPositionals: true,
});
const env = { ...process.env };
for (const [name, value] of Object.entries(values)) env[`TORTURE_${name.toUpperCase()}`] = value;
const suites = positionals.length > 0 ? positionals : ['torture'];
const words = [
  'vitest',
  'run',
  ...suites.map((name) => `${name}.test`),
  '--config',
  'test/torture/vitest.config.ts',
  '--disable-console-intercept',
];
process.exitCode = spawnSync('npx', words, { env, stdio: 'inherit' }).status ?? 1;
