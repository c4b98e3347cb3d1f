import type { RunEnding } from './run-ending.ts';

/** Kubernetes cuts a container's termination message here, in bytes. */
export const terminationMessageBytes = 4_096;

/** What of an ending a termination message has. */
export type ContainerEnding = Pick<RunEnding, 'exitCode' | 'reason' | 'folder' | 'report'>;

/** One line of JSON for `kubectl describe pod`. What does not fit goes: first the folder, which is the only part of any length. */
export function renderTerminationMessage({ exitCode, reason, folder, report }: ContainerEnding): string {
  const facts = {
    exitCode,
    reason,
    runId: report?.run.id ?? null,
    counts: report?.counts ?? null,
    perhapsRemoved: report?.perhapsRemoved ?? null,
  };
  const line = `${JSON.stringify({ ...facts, runFolder: folder ?? null })}\n`;
  if (new TextEncoder().encode(line).length <= terminationMessageBytes) return line;
  return `${JSON.stringify({ ...facts, runFolder: null })}\n`;
}
