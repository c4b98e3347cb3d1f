import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FatalError } from '../exit-code.ts';
import type { RunCreated, SessionEnded } from '../journal/journal-event.ts';
import { parseJournalLine } from '../journal/journal-line.ts';
import { describeMismatch, identityOf, type RunIdentity } from '../journal/run-identity.ts';
import type { ReportJson } from '../report/report-json.ts';
import { digestOf } from './file-digest.ts';
import { inputCopyName } from './input-copy.ts';
import { journalName } from './journal-file.ts';
import { refuseLostJournal } from './lost-journal.ts';
import { readFlags } from './read-flags.ts';
import { refuseUnreadableJournal } from './read-journal.ts';

/** The first line of a run folder's journal; undefined where there is no journal with a whole first line. */
export async function readRunCreated(folder: string): Promise<RunCreated | undefined> {
  const text = await readPart(join(folder, journalName), 'start');
  const line = text?.slice(0, text.indexOf('\n'));
  if (text === undefined || line === undefined || !text.includes('\n')) return undefined;
  const parsed = parseJournalLine(line);
  return parsed.kind === 'event' && parsed.event.event === 'run-created' ? parsed.event : undefined;
}

/**
 * The newest run under `runsFolder` of this input, target and shard that left records to try, or was cut off before its
 * report was there; undefined where there is none. What a run left stands in its journal's last line; one without such
 * a line was cut off. Rejects with a FatalError (mismatch) where the folder of this input has a journal that cannot be read:
 * what it has removed would be taken for absent.
 */
export async function findUnfinishedRun(
  runsFolder: string,
  identity: RunIdentity,
  retryForbidden: boolean,
): Promise<string | undefined> {
  const entries = await readdir(runsFolder, { withFileTypes: true }).catch(() => []);
  const runs: { readonly folder: string; readonly at: string }[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const folder = join(runsFolder, entry.name);
    const created = (await readRunCreated(folder)) ?? (await refuseUnreadableRun(folder, identity.sha256));
    if (created === undefined || describeMismatch(identityOf(created), identity) !== undefined) continue;
    runs.push({ folder, at: created.at });
  }
  runs.sort((a, b) => (a.at < b.at ? 1 : -1));
  for (const { folder } of runs) if (await isUnfinished(folder, retryForbidden)) return folder;
  return undefined;
}

/** Whose run it was can only be told by its copy of the input. Returns how it begins where that has just been written. */
async function refuseUnreadableRun(folder: string, sha256: string): Promise<RunCreated | undefined> {
  try {
    await refuseUnreadableJournal(join(folder, journalName));
    await refuseLostJournal(folder);
    return undefined;
  } catch (error) {
    if ((await digestOf(join(folder, inputCopyName))) !== sha256) return undefined;
    const created = await readRunCreated(folder);
    if (created !== undefined) return created;
    const because = (error as Error).message.split(';')[0];
    throw new FatalError(
      'mismatch',
      `${folder} holds a run of this input, and ${because}; nothing was sent. Restore it or move it away, or name the run to go on with by --out.`,
    );
  }
}

async function isUnfinished(folder: string, retryForbidden: boolean): Promise<boolean> {
  const text = await readPart(join(folder, journalName), 'end');
  const last = text?.endsWith('\n') === true ? text.trimEnd().split('\n').at(-1) : undefined;
  const parsed = parseJournalLine(last ?? '');
  if (parsed.kind !== 'event' || parsed.event.event !== 'session-ended') return true;
  const { left, forbidden, session }: SessionEnded = parsed.event;
  if (left > 0 || (retryForbidden && forbidden > 0)) return true;
  return (await sessionsReported(folder)) !== session;
}

/** How many sessions the folder's report tells of; undefined where there is none. */
async function sessionsReported(folder: string): Promise<number | undefined> {
  try {
    const report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as ReportJson;
    return report.run.sessions;
  } catch {
    return undefined;
  }
}

/** More than the longest line that a journal begins or ends with. */
const partBytes = 512 * 1024;

async function readPart(path: string, part: 'start' | 'end'): Promise<string | undefined> {
  const file = await open(path, readFlags).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const from = part === 'start' ? 0 : Math.max(0, size - partBytes);
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.min(size, partBytes)),
      0,
      undefined,
      from,
    );
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return undefined; // A directory, say.
  } finally {
    await file.close();
  }
}
