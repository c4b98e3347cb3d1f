import { describe, expect, it } from 'vitest';
import type { OptionTable } from '../../src/options/option-table.ts';
import { reportOptionTable } from '../../src/options/report-option-table.ts';
import { runOptionTable } from '../../src/options/run-option-table.ts';
import { sandboxOptionTable } from '../../src/options/sandbox-option-table.ts';

const tables: readonly (readonly [string, OptionTable])[] = [
  ['run', runOptionTable],
  ['report', reportOptionTable],
  ['sandbox', sandboxOptionTable],
];

describe.each(tables)('the options of %s', (_, table) => {
  it.each(Object.entries(table))(
    '--%s has a kebab-case name and a default that it would take itself',
    (name, row) => {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(name).not.toMatch(/^no-/);
      if (row.byDefault !== undefined) expect(row.parse(row.byDefault).kind).toBe('value');
      if (row.takes === 'switch') expect(row.byDefault).toMatch(/^(true|false)$/);
    },
  );
});

it('has no option that takes the API key', () => {
  const takeText = Object.entries(runOptionTable).filter(([, { takes }]) => takes === 'text');
  expect(takeText.map(([name]) => name)).toEqual(['workspace-column', 'user-column']);
});
