import { exitCodes } from '../exit-code.ts';
import { outcomes } from '../plan/outcome.ts';
import type { RunEnding } from './run-ending.ts';

/** These go on by themselves: who watches is told, but nobody is called. */
const goesOn: ReadonlySet<number> = new Set([exitCodes.stopped.code, exitCodes.held.code]);

/** What is put behind a ping URL when a run has ended: `/log` where the same command goes on, else its exit code. */
export function pingPath({ exitCode }: RunEnding): string {
  return goesOn.has(exitCode) ? '/log' : `/${exitCode}`;
}

/** A few lines for the ping's body. */
export function renderPing({ exitCode, reason, seconds, report }: RunEnding): string {
  const row = Object.values(exitCodes).find(({ code }) => code === exitCode);
  const lines = [`exit ${exitCode}${row === undefined ? '' : `: ${row.meaning.replaceAll('`', '')}`}`];
  if (reason !== null) lines.push(`stopped: ${reason}`);
  if (report !== undefined) {
    const { counts, requests, run, perhapsRemoved } = report;
    lines.push(`run ${run.id}`);
    for (const outcome of outcomes) if (counts[outcome] > 0) lines.push(`${outcome} ${counts[outcome]}`);
    if (perhapsRemoved > 0) lines.push(`perhaps removed ${perhapsRemoved}`);
    lines.push(`requests ${requests.sent}, retries ${requests.retries}, throttled ${requests.throttled}`);
  }
  lines.push(`took ${seconds} s`);
  return `${lines.join('\n')}\n`;
}
