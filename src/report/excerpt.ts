import type { Ending, ReportRecord } from './ending.ts';

/** Why a row stands where it does on the page; all but the last need a person. */
type ExcerptGroup = 'perhaps-removed' | 'forbidden' | 'failed' | 'invalid' | 'rest';

/** A record as the page shows it, long cells cut. */
export interface ExcerptRow {
  readonly group: ExcerptGroup;
  readonly line: number;
  /** Of the columns asked for, in their order. */
  readonly cells: readonly string[];
  readonly ending: Ending;
}

/** The records that the page shows: those that need a person first, each group in the order of the input. */
export interface Excerpt {
  add(record: ReportRecord): void;
  /** At most `excerptLimit`. */
  rows(): readonly ExcerptRow[];
}

/** Rows on the page: what a browser on a phone still searches at once. */
export const excerptLimit = 2_000;

/** A quarter each, so that no group that needs a person crowds out another. */
const attentionLimit = excerptLimit / 4;
const cellLimit = 200;
const detailLimit = 800;

/** An excerpt of no records yet, of these columns (counted from 0). Its memory is bounded, whatever the cells hold. */
export function createExcerpt(columns: readonly number[]): Excerpt {
  const groups: Record<ExcerptGroup, ExcerptRow[]> = {
    'perhaps-removed': [],
    forbidden: [],
    failed: [],
    invalid: [],
    rest: [],
  };
  return {
    add({ line, cells, ending }) {
      const group = groupOf(ending);
      const kept = groups[group];
      if (kept.length >= (group === 'rest' ? excerptLimit : attentionLimit)) return;
      kept.push({
        group,
        line,
        cells: columns.map((column) => cut(cells[column] ?? '', cellLimit)),
        ending: { ...ending, reason: cut(ending.reason, cellLimit), detail: cut(ending.detail, detailLimit) },
      });
    },
    rows: () => Object.values(groups).flat().slice(0, excerptLimit),
  };
}

function groupOf({ outcome, perhapsRemoved }: Ending): ExcerptGroup {
  if (perhapsRemoved) return 'perhaps-removed';
  return outcome === 'forbidden' || outcome === 'failed' || outcome === 'invalid' ? outcome : 'rest';
}

function cut(text: string, limit: number): string {
  const kept = text.length > limit ? `${text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
  // A copy: engines make slices that keep the whole text they were cut from in memory.
  return kept.split('').join('');
}
