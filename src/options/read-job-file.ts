import { dirname, isAbsolute, join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { visibleText } from '../plan/visible-text.ts';
import type { GivenOption, GivenOptions } from './given-option.ts';
import { type Parsed, problem, value } from './option-parser.ts';
import type { OptionRow, OptionTable } from './option-table.ts';
import { quoted } from './quoted.ts';
import { unknownName } from './unknown-name.ts';

/** What a job file says. */
export interface JobFile {
  readonly given: GivenOptions;
  readonly problems: readonly string[];
}

/**
 * Reads a job file's text, YAML or the JSON that is a part of it: options by their kebab-case names. Relative paths are
 * taken from the folder of `path`. A key without a value, or with an empty one, counts as not set.
 */
export function readJobFile(path: string, text: string, table: OptionTable): JobFile {
  const place = `job file ${visibleText(path, 200)}`;
  const content = parseContent(text);
  if (content.kind === 'problem') return { given: new Map(), problems: [`${place}${content.problem}`] };

  const given = new Map<string, GivenOption>();
  const problems: string[] = [];
  for (const [key, setting] of content.value) {
    const name = typeof key === 'string' ? key : '?';
    const read = readKey(name, setting, { path, place, table });
    if (read.kind === 'problem') problems.push(read.problem);
    else if (read.value !== '') given.set(name, { text: read.value, origin: `${place}, key ${name}` });
  }
  return { given, problems };
}

interface Surroundings {
  readonly path: string;
  readonly place: string;
  readonly table: OptionTable;
}

/** The text of one setting, or a problem that says where it stands; `''` where it is not set. */
function readKey(name: string, setting: unknown, { path, place, table }: Surroundings): Parsed<string> {
  const row = Object.hasOwn(table, name) ? table[name] : undefined;
  if (row === undefined) {
    const form = { place: `${place}, key`, names: Object.keys(table), write: (known: string) => known };
    return problem(unknownName(name, name, form));
  }
  const read = settingText(setting, row, path);
  return read.kind === 'problem' ? problem(`${place}, key ${name}: ${read.problem}`) : read;
}

/** Its keys and values. The parser's own messages quote the file, where somebody may have put a key: they stay here. */
function parseContent(text: string): Parsed<ReadonlyMap<unknown, unknown>> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const flaw = document.errors[0] ?? document.warnings[0];
  if (flaw !== undefined) {
    const { line, col } = lineCounter.linePos(flaw.pos[0]);
    const what = flaw.code === 'DUPLICATE_KEY' ? 'a key stands there twice' : 'that is no valid YAML';
    return problem(`, line ${line}, column ${col}: ${what}`);
  }
  const content: unknown = document.toJS({ mapAsMap: true });
  if (content instanceof Map) return value(content);
  return content === null ? value(new Map()) : problem(': expected options by name, such as rate: 10');
}

/** A number or a truth value is as good as its text, except where YAML may have changed a name: `007`, `no`. */
function settingText(setting: unknown, { takes }: OptionRow, jobFile: string): Parsed<string> {
  if (setting === null || setting === '') return value('');
  if (typeof setting === 'string') return value(takes === 'path' ? fromFolderOf(jobFile, setting) : setting);
  if (typeof setting !== 'number' && typeof setting !== 'boolean') {
    return problem('expected one value, not a list or a map');
  }
  if (takes === 'switch' || takes === 'value') return value(String(setting));
  return problem(`expected a text, not ${quoted(String(setting))}: put it in quotes`);
}

/** `-` is standard input, wherever it stands. */
function fromFolderOf(jobFile: string, path: string): string {
  return path === '-' || isAbsolute(path) ? path : join(dirname(jobFile), path);
}
