import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../src/plan/visible-text.ts';

describe('visibleText', () => {
  it.each([
    { name: 'leaves ordinary text alone', text: 'Zoë 李 👩', shown: 'Zoë 李 👩' },
    { name: 'spells line breaks and tabs', text: 'a\r\n\tb', shown: 'a\\r\\n\\tb' },
    {
      name: 'spells other control characters',
      text: '\0\u001b[31m\u007f\u0085',
      shown: '\\u0000\\u001b[31m\\u007f\\u0085',
    },
    {
      name: 'spells bidi and zero-width characters',
      text: '\u202e1\u200b\u2066',
      shown: '\\u202e1\\u200b\\u2066',
    },
    { name: 'spells line and paragraph separators', text: '\u2028\u2029', shown: '\\u2028\\u2029' },
    { name: 'spells a lone surrogate', text: '\ud83d', shown: '\\ud83d' },
    { name: 'spells tag characters beyond the basic plane', text: '\u{e0041}', shown: '\\u{e0041}' },
    { name: 'keeps ten characters', text: '0123456789', shown: '0123456789' },
    { name: 'cuts after ten', text: '0123456789a', shown: '0123456789…' },
    {
      name: 'counts a pair of surrogates as one character',
      text: '👩'.repeat(11),
      shown: `${'👩'.repeat(10)}…`,
    },
  ])('$name', ({ text, shown }) => {
    expect(visibleText(text, 10)).toBe(shown);
  });

  it('never lets a character through that cannot be seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visibleText(text, 60)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
      { seed: 1 },
    );
  });
});
