import { readdir } from 'node:fs/promises';
import { FatalError } from '../exit-code.ts';
import { csvFiles } from '../report/build-report-json.ts';

/** What only a run that had a journal leaves. */
export const reportNames: ReadonlySet<string> = new Set([
  'report.json',
  'report.html',
  ...Object.values(csvFiles),
]);

/**
 * Of a folder whose journal begins no run. Where a report lies there, it once did: rejects with a FatalError (mismatch), since
 * to begin anew would send all again and call the removed ones absent.
 */
export async function refuseLostJournal(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (!names.some((name) => reportNames.has(name))) return;
  throw new FatalError(
    'mismatch',
    `${folder} holds a report, but its journal is gone; nothing was sent. Restore it, or name another --out.`,
  );
}
