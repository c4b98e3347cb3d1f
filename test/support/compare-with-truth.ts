import type { ReportRow, RunReport } from './read-report.ts';
import type { TruthServer } from './truth-server.ts';

/** A data row of the input as the test wrote it; the pair is undefined where it cannot be read as one. */
export interface InputRow {
  readonly line: number;
  /** `workspace/user`. */
  readonly pair: string | undefined;
}

/** What is known about the world beside the report. */
export interface Truth {
  readonly input: readonly InputRow[];
  /** `workspace/user` of everybody before the first session. */
  readonly membersBefore: ReadonlySet<string>;
  readonly server: Pick<TruthServer, 'members' | 'requests'>;
}

/** Every statement of a report that is not so, as a sentence that names the line; empty where it can be trusted. */
export function compareWithTruth({ json, rows }: RunReport, truth: Truth): string[] {
  const world = indexTruth(truth);
  return [
    ...compareLines(
      rows.map(({ line }) => line),
      truth.input.map(({ line }) => line),
    ),
    ...compareCounts(json, rows, truth.input.length),
    ...rows.flatMap((row) => compareRow(row, world).map((problem) => `${name(row)}: ${problem}`)),
  ];
}

/** The truth by what a row asks for, so that a hundred thousand rows can be compared. */
interface World {
  readonly pairOfLine: ReadonlyMap<number, string | undefined>;
  readonly firstLineOfPair: ReadonlyMap<string, number>;
  readonly wasAsked: ReadonlySet<string>;
  readonly wasRemovedByUs: ReadonlySet<string>;
  readonly wasMember: ReadonlySet<string>;
  readonly isMember: ReadonlySet<string>;
}

function indexTruth({ input, membersBefore, server }: Truth): World {
  const firstLineOfPair = new Map<string, number>();
  for (const { line, pair } of input) {
    if (pair !== undefined && !firstLineOfPair.has(pair)) firstLineOfPair.set(pair, line);
  }
  return {
    pairOfLine: new Map(input.map(({ line, pair }) => [line, pair])),
    firstLineOfPair,
    wasAsked: new Set(server.requests.map(({ pair }) => pair)),
    wasRemovedByUs: new Set(server.requests.filter(({ removed }) => removed).map(({ pair }) => pair)),
    wasMember: membersBefore,
    isMember: server.members,
  };
}

function compareLines(reported: readonly number[], expected: readonly number[]): string[] {
  const times = new Map(expected.map((line) => [line, 0]));
  const strange: number[] = [];
  for (const line of reported) {
    const before = times.get(line);
    if (before === undefined) strange.push(line);
    else times.set(line, before + 1);
  }
  return [
    ...[...times]
      .filter(([, count]) => count !== 1)
      .map(([line, count]) => `line ${line} is in the report ${count} times`),
    ...strange.map((line) => `line ${line} is in the report, but not in the input`),
  ];
}

function compareCounts(json: RunReport['json'], rows: readonly ReportRow[], records: number): string[] {
  const problems: string[] = [];
  const total = Object.values(json.counts).reduce((sum, count) => sum + count, 0);
  if (total !== records) problems.push(`report.json counts ${total} records, the input has ${records}`);
  for (const [outcome, count] of Object.entries(json.counts)) {
    const rowCount = rows.filter(({ file }) => file === outcome).length;
    if (rowCount !== count) problems.push(`${outcome}: ${count} in report.json, ${rowCount} in the CSV`);
  }
  const perhaps = rows.filter(saysPerhaps).length;
  if (perhaps !== json.perhapsRemoved)
    problems.push(`perhaps removed: ${json.perhapsRemoved} in report.json, ${perhaps} in the CSVs`);
  return problems;
}

function compareRow(row: ReportRow, world: World): string[] {
  if (row.outcome !== row.file) return [`it stands in ${row.file}.csv`];
  const pair = world.pairOfLine.get(row.line);
  if (row.outcome === 'invalid') return pair === undefined ? [] : ['it can be read'];
  if (pair === undefined) return ['it cannot be read'];

  const firstLine = world.firstLineOfPair.get(pair) ?? row.line;
  if (row.outcome === 'duplicate') return compareDuplicate(row, firstLine);
  if (firstLine !== row.line) return [`its pair stands on line ${firstLine} already`];
  return compareSettled(row, pair, world);
}

function compareDuplicate({ line, reason }: ReportRow, firstLine: number): string[] {
  if (firstLine === line) return ['it is the first of its pair'];
  return reason === `duplicate-of-line-${firstLine}` ? [] : [`the first is on line ${firstLine}`];
}

function compareSettled(row: ReportRow, pair: string, world: World): string[] {
  const isMember = world.isMember.has(pair);
  const isRemovedByUs = world.wasRemovedByUs.has(pair);
  switch (row.outcome) {
    case 'removed':
      if (isMember) return ['still a member'];
      return isRemovedByUs ? [] : ['no request of ours removed anybody'];
    case 'not-found':
      if (isMember) return ['still a member'];
      return row.reason === 'absent' && world.wasMember.has(pair) ? ['was a member, and we removed it'] : [];
    case 'forbidden':
      return isRemovedByUs ? ['we removed it'] : [];
    case 'protected':
      if (saysPerhaps(row) || row.attempts > 0) return perhapsProblem(row, isRemovedByUs);
      return world.wasAsked.has(pair) ? ['a request was sent'] : [];
    case 'failed':
    case 'not-attempted':
      return perhapsProblem(row, isRemovedByUs);
    default:
      return ['no such outcome'];
  }
}

function name({ line, outcome, reason }: ReportRow): string {
  return `line ${line}, ${outcome}/${reason}`;
}

function perhapsProblem(row: ReportRow, isRemovedByUs: boolean): string[] {
  return isRemovedByUs && !saysPerhaps(row) ? ['we removed it, and it does not say perhaps'] : [];
}

function saysPerhaps({ outcome, detail }: ReportRow): boolean {
  return ['failed', 'not-attempted', 'protected'].includes(outcome) && detail.startsWith('perhaps removed');
}
