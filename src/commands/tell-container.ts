import { writeTerminationLog } from '../io/termination-log.ts';
import { renderTerminationMessage } from '../report/render-termination-message.ts';

/** Leaves the exit code of a run whose command line could not be read where Kubernetes looks. Never rejects. */
export async function tellContainer(exitCode: number): Promise<void> {
  const nothing = { reason: null, folder: undefined, report: undefined };
  await writeTerminationLog(undefined, renderTerminationMessage({ exitCode, ...nothing }));
}
