import { visibleText } from '../plan/visible-text.ts';
import { counted, countText } from './count-text.ts';
import { timeWords } from './time-words.ts';
import { wrapText } from './wrap-text.ts';

/** What a run is about to do, or what `plan` found it would. */
export interface OverviewFacts {
  readonly baseUrl: string;
  readonly scope: 'instance' | 'company';
  /** `sha256:<first 12 hex>`; null where there is no key (a dry run). */
  readonly apiKeyFingerprint: string | null;
  /** As the operator gave it; `-` is standard input. */
  readonly input: string;
  /** The headers that were taken for the two roles. */
  readonly columns: { readonly workspace: string; readonly user: string };
  /** `i/n`, or null for the whole file; the counts are this share's. */
  readonly shard: string | null;
  /** Undefined where none is written. */
  readonly runFolder: string | undefined;
  /** Sessions that worked in the run folder before; 0 in a new one. */
  readonly earlierSessions: number;
  readonly removals: number;
  /** Of them: those that an earlier session settled, which are not sent again. */
  readonly settled: number;
  readonly users: number;
  readonly workspaces: number;
  readonly duplicates: number;
  readonly invalid: number;
  readonly protected: number;
  /** Request starts a second. */
  readonly rate: number | 'off';
  readonly concurrency: number;
}

const labelWidth = 14;

/** The overview: one fact a row, the host first, since a wrong one is the worst mistake. At most 80 columns but for long paths. */
export function renderOverview(facts: OverviewFacts): string {
  const left = facts.removals - facts.settled;
  const rows: readonly (readonly [label: string, text: string])[] = [
    ['Instance', `${shown(facts.baseUrl)} (${facts.scope} admin)`],
    ['API key', facts.apiKeyFingerprint ?? 'none needed: nothing is sent'],
    ['Run folder', folderText(facts)],
    ['Input', facts.input === '-' ? 'standard input' : shown(facts.input)],
    ['Columns', `workspace <- "${shown(facts.columns.workspace)}", user <- "${shown(facts.columns.user)}"`],
    ...(facts.shard === null ? [] : [['Shard', `${facts.shard}: the counts are of this share`] as const]),
    ['Removals', removalsText(facts, left)],
    ...(facts.settled === 0
      ? []
      : [['Left', `${countText(left)} (${countText(facts.settled)} settled before)`] as const]),
    ['Left out', leftOutText(facts)],
    ['Pace', paceText(facts, left)],
  ];
  return rows.map(([label, text]) => wrapText(text, `${label.padEnd(labelWidth)}`)).join('\n');
}

function folderText({ runFolder, earlierSessions }: OverviewFacts): string {
  if (runFolder === undefined) return 'none is written';
  return `${shown(runFolder)} ${earlierSessions === 0 ? '(new)' : `(resumes; ${counted(earlierSessions, 'session')} before)`}`;
}

function removalsText({ removals, users, workspaces }: OverviewFacts, left: number): string {
  const spread = `${counted(users, 'user')}, ${counted(workspaces, 'workspace')}`;
  return removals === 0 ? 'none' : `${countText(removals)} (${spread})${left === 0 ? ', all settled' : ''}`;
}

function leftOutText({ duplicates, invalid, protected: kept }: OverviewFacts): string {
  return `${counted(duplicates, 'duplicate')}, ${countText(invalid)} invalid, ${countText(kept)} protected`;
}

function paceText({ rate, concurrency }: OverviewFacts, left: number): string {
  const flight = `${countText(concurrency)} in flight`;
  if (rate === 'off') return `as fast as the API answers, at most ${flight}`;
  const atMost = `at most ${Number(rate.toPrecision(3))} requests/s, ${flight}`;
  return left === 0 ? atMost : `${atMost}: about ${timeWords((left / rate) * 1_000)}`;
}

/** Headers and paths are hostile text. */
function shown(text: string): string {
  return visibleText(text, 1_000);
}
