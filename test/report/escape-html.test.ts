import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml } from '../../src/report/escape-html.ts';

describe('escapeHtml', () => {
  it.each([
    ['<script>', '&lt;script&gt;'],
    [`"&'`, '&quot;&amp;&#39;'],
    ['Zoë', 'Zoë'],
    ['a\r\nb\tc', 'a\nb\tc'],
    ['\u202Eevil\u200B', '⟨U+202E⟩evil⟨U+200B⟩'],
    ['\u001b[2J\0', '⟨U+001B⟩[2J⟨U+0000⟩'],
    ['\uD800', '⟨U+D800⟩'],
    ['\u{E0041}', '⟨U+E0041⟩'],
    ['&lt;', '&amp;lt;'],
  ])('writes %j', (text, html) => {
    expect(escapeHtml(text)).toBe(html);
  });

  it('leaves nothing that could be markup or unseen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(
          /[<>"']|&(?!(amp|lt|gt|quot|#39);)|(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}]/u,
        );
      }),
      { seed: 46 },
    );
  });
});
