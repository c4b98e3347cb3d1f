// npm run torture -- --rows 20000 --kills 100 --seed 1
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { rows: { type: 'string' }, kills: { type: 'string' }, seed: { type: 'string' } },
});
const env = { ...process.env };
for (const [name, value] of Object.entries(values)) env[`TORTURE_${name.toUpperCase()}`] = value;
const words = [
  'vitest',
  'run',
  'torture.test',
  '--config',
  'test/torture/vitest.config.ts',
  '--disable-console-intercept',
];
process.exitCode = spawnSync('npx', words, { env, stdio: 'inherit' }).status ?? 1;
