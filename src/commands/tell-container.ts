import { writeTerminationLog } from '../io/termination-log.ts';
import { renderTerminationMessage } from '../report/render-termination-message.ts';
import type { RunEnding } from '../report/run-ending.ts';

/** Leaves how a command ended that has no other watchers where Kubernetes looks. Never rejects. */
export function tellContainer(
  ending: Pick<RunEnding, 'exitCode' | 'reason' | 'folder' | 'report'>,
): Promise<void> {
  return writeTerminationLog(undefined, renderTerminationMessage(ending));
}
