import type { GivenOption, GivenOptions } from './given-option.ts';
import type { OptionTable, OptionValues } from './option-table.ts';

/** A table's options once all sources have spoken. */
export interface ResolvedOptions<Table extends OptionTable> {
  /** Incomplete where there are problems: then nobody may use it. */
  readonly values: OptionValues<Table>;
  readonly problems: readonly string[];
  /** Who said it, and how strong that source is (0 the strongest); undefined where the default stands. */
  source(name: keyof Table & string): { readonly given: GivenOption; readonly rank: number } | undefined;
}

/** Reads each option from the first of `sources` that gives it, else from its default. Weaker ones are not looked at. */
export function resolveOptions<Table extends OptionTable>(
  table: Table,
  sources: readonly GivenOptions[],
): ResolvedOptions<Table> {
  const source = (name: string) => {
    const rank = sources.findIndex((given) => given.has(name));
    const given = sources[rank]?.get(name);
    return given && { given, rank };
  };
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, row] of Object.entries(table)) {
    const given = source(name)?.given ?? (row.byDefault !== undefined ? byDefault(row.byDefault) : undefined);
    const parsed = given && row.parse(given.text);
    if (parsed?.kind === 'problem') problems.push(`${given?.origin}: ${parsed.problem}`);
    values[name] = parsed?.kind === 'value' ? parsed.value : undefined;
  }
  return { values: values as OptionValues<Table>, problems, source };
}

function byDefault(text: string): GivenOption {
  return { text, origin: 'default' };
}
