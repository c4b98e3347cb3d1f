// npm run demo: a whole run against a look-alike instance on this machine, with everything that can come up.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const command = 'dist/main.js';
const input = 'samples/leavers.csv';
/** A run with forbidden records needs a person: the README's table of exit codes. */
const expectedExitCode = 20;

/** Four of the removals' requests fail with this seed: a 500, a 502, a reset before the act and one after it. */
const rehearsal = {
  port: 0,
  key: 'sandbox-key',
  members: join(root, 'samples/members.csv'),
  forbidden: [14],
  latencyMs: 60,
  limit: { perSecond: 15, retryAfter: true },
  faults: 0.06,
  maintenance: false,
  seed: 2313,
};

if (!existsSync(join(root, command)))
  fail(`${command} is missing: run npm install, or npm run build, first.`);
const { startSandbox } = await import(new URL('../dist/start-sandbox.js', import.meta.url).href);

const sandbox = await startSandbox(rehearsal);
// Ctrl-C reaches the run as well; it stops in its own time, and its report is worth waiting for.
process.on('SIGINT', () => undefined);
const out = `offboard-runs/demo-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
const pace = ['--rate', '30/s', '--timeout', '5s'];
const args = ['run', input, '--base-url', sandbox.url, ...pace, '--out', out, '--yes'];
console.log(`$ PARADIGM_API_KEY=${sandbox.key} offboard ${args.join(' ')}\n`);
const run = spawn(process.execPath, [command, ...args], { cwd: root, env: environment(), stdio: 'inherit' });
const [exitCode] = await once(run, 'close');
const state = sandbox.state();
await sandbox.close();

if (exitCode !== expectedExitCode) fail(`The run ended with ${exitCode}, expected was ${expectedExitCode}.`);
const report = JSON.parse(readFileSync(join(root, out, 'report.json'), 'utf8'));
explain(report);

/** The caller's own, without what is meant for real runs: a proxy must not see this one. */
function environment() {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(OFFBOARD_|PARADIGM_|https?_proxy$)/i.test(name),
  );
  return { ...Object.fromEntries(own), PARADIGM_API_KEY: sandbox.key };
}

function explain({ counts, reasons, requests }) {
  const afterLostReply = reasons['not-found']?.['absent-after-lost-reply'] ?? 0;
  const removals = counts.removed + afterLostReply;
  if (removals !== state.changes.length) {
    fail(`The report says that ${removals} were removed, the sandbox knows of ${state.changes.length}.`);
  }
  console.log(`
That was the real command against a sandbox on this machine; nothing left it.
  removed    ${counts.removed} memberships, each confirmed by a 204
  not found  ${counts['not-found']}, ${afterLostReply} of them removed by us in an attempt whose answer was lost
  forbidden  ${counts.forbidden}, all in workspace ${rehearsal.forbidden}: the key has no right there
  duplicate  ${counts.duplicate}, sent once
  requests   ${requests.sent}: ${requests.throttled} were throttled, ${requests.retries} were retries
The sandbox lost ${state.changes.length} memberships, as the report says.
The run ended with exit code ${exitCode}, as a real one would: forbidden records need a person.
The sandbox is gone now, so there is no need to type what stands beside "Next".
The report: ${out}/report.html`);
}

function fail(message) {
  console.error(`\nThe demo did not go as expected. ${message}`);
  process.exit(1);
}
