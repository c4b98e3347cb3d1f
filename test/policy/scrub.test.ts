import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrub } from '../../src/policy/scrub.ts';

const key = 'pk-live/+a"b\\c=%';

describe('scrub', () => {
  it.each([
    { name: 'as it is', text: `bad key ${key}!`, clean: 'bad key [api key]!' },
    { name: 'twice', text: `${key}${key}`, clean: '[api key][api key]' },
    { name: 'in a URL', text: `?k=${encodeURIComponent(key)}`, clean: '?k=[api key]' },
    { name: 'in JSON', text: JSON.stringify({ key }), clean: '{"key":"[api key]"}' },
    {
      name: 'broken up by a control character',
      text: `x ${key.slice(0, 4)}\u0000${key.slice(4)}`,
      clean: 'x [api key]',
    },
    {
      name: 'broken up by a zero width space',
      text: `${key.slice(0, 4)}\u200B${key.slice(4)}`,
      clean: '[api key]',
    },
  ])('takes out a key $name', ({ text, clean }) => {
    expect(scrub(text, [key])).toBe(clean);
  });

  it('takes out every key that was in use', () => {
    expect(scrub('old-key and new-key', ['old-key', 'new-key'])).toBe('[api key] and [api key]');
  });

  it('keeps one line without control or format characters', () => {
    expect(scrub('a\r\nb\tc\u001b[31md\u202Ee\u2028f', [])).toBe('a b c[31mdef');
  });

  it('cuts at 500 characters', () => {
    expect(scrub('x'.repeat(500), [])).toHaveLength(500);
    expect(scrub('x'.repeat(501), [])).toBe(`${'x'.repeat(499)}…`);
  });

  it('leaves no part of a key at the cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 480, max: 505 }), (length) => {
        const clean = scrub(`${'x'.repeat(length)}secret-key-of-some-length`, ['secret-key-of-some-length']);
        expect(clean).not.toContain('secr');
      }),
      { seed: 1 },
    );
  });

  it('changes nothing for an empty secret', () => {
    expect(scrub('abc', [''])).toBe('abc');
  });
});
