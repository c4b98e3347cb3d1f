import { describe, expect, it } from 'vitest';
import { describeForeignOpening } from '../../src/plan/foreign-opening.ts';

const asText = (...bytes: number[]): string => new TextDecoder().decode(Uint8Array.from(bytes));

describe('describeForeignOpening', () => {
  it.each([
    { name: 'a spreadsheet of today', opening: asText(0x50, 0x4b, 3, 4, 20, 0), says: '.xlsx' },
    {
      name: 'a spreadsheet of old',
      opening: asText(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1),
      says: '.xls)',
    },
    { name: 'a PDF', opening: '%PDF-1.7\n', says: 'PDF' },
    {
      name: "Excel's own first line",
      opening: 'sep=;\r\nworkspace_id;user_id\r\n',
      says: 'take that line out',
    },
  ])('says what it is: $name', ({ opening, says }) => {
    expect(describeForeignOpening(opening)).toContain(says);
  });

  it.each(['workspace_id,user_id\n', 'sep,user_id\n', 'separator=x,user_id\n', 'PK,user_id\n', ''])(
    'has nothing against %j',
    (opening) => {
      expect(describeForeignOpening(opening)).toBeUndefined();
    },
  );
});
