import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const steps = [];

/** Called when the bench ends, also by a signal; `step` must not wait for anything. */
export function atEnd(step) {
  steps.push(step);
}

process.on('exit', () => {
  for (const step of steps) step();
});
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
process.on('SIGHUP', () => process.exit(129));

/** The bench's own folder, which is removed when it ends. */
export function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'offboard-bench-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
