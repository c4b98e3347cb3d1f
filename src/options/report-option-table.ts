import type { OptionTable } from './option-table.ts';
import { parseBoolean, parsePath } from './parse-scalar.ts';

/** Every option of `report`. They are flags only. */
export const reportOptionTable = {
  out: {
    group: 'Output',
    description: 'where the report is written; needed with several run folders',
    takes: 'path',
    parse: parsePath,
    defaultWords: 'the run folder itself',
  },
  json: {
    group: 'Output',
    description: 'print report.json in place of the summary',
    takes: 'switch',
    parse: parseBoolean,
    byDefault: 'false',
  },
  schema: {
    group: 'Output',
    description: 'print the JSON Schema of report.json and do nothing else',
    takes: 'switch',
    parse: parseBoolean,
    byDefault: 'false',
  },
} as const satisfies OptionTable;
