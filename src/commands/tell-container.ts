import { writeTerminationLog } from '../io/termination-log.ts';
import { type ContainerEnding, renderTerminationMessage } from '../report/render-termination-message.ts';

/** Leaves how a command ended that has no other watchers where Kubernetes looks. Never rejects. */
export function tellContainer(ending: ContainerEnding): Promise<void> {
  return writeTerminationLog(undefined, renderTerminationMessage(ending));
}
