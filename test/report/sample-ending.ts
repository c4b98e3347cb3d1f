import type { RunEnding } from '../../src/report/run-ending.ts';
import { recordsOf, reportOf } from './sample-report.ts';

/** A run that ended well. */
export function sampleEnding(changes: Partial<RunEnding> = {}): RunEnding {
  return {
    version: '0.1.0',
    exitCode: 0,
    reason: null,
    endedAtMs: 1_790_000_000_500,
    seconds: 12.5,
    heldSeconds: 3,
    folder: 'offboard-runs/20261124T235342Z-4f2a',
    report: reportOf(recordsOf({ removed: 5 })),
    ...changes,
  };
}
