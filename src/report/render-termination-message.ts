import type { RunEnding } from './run-ending.ts';

/** Kubernetes cuts a container's termination message here, in bytes. */
export const terminationMessageBytes = 4_096;

/** One line of JSON for `kubectl describe pod`. What does not fit goes: first the folder, which is the only part of any length. */
export function renderTerminationMessage({
  exitCode,
  reason,
  folder,
  report,
}: Pick<RunEnding, 'exitCode' | 'reason' | 'folder' | 'report'>): string {
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
