import { Ajv2020 } from 'ajv/dist/2020.js';
import { reportSchema } from '../../src/report/report-schema.ts';

const validate = new Ajv2020({ allErrors: true }).compile(reportSchema);

/** Where a report.json departs from its published schema, a sentence each. */
export function schemaProblems(json: unknown): string[] {
  if (validate(json)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
}
