import { describe, expect, it } from 'vitest';
import { readBody } from '../../src/policy/read-body.ts';

describe('readBody', () => {
  it.each([
    { name: 'nothing', text: '', kind: 'empty' },
    { name: 'white space', text: ' \r\n\t', kind: 'empty' },
    { name: 'an object', text: '{}', kind: 'json' },
    { name: 'an object with white space around', text: '\n {"a":1} ', kind: 'json' },
    { name: 'an object behind a byte order mark', text: '\uFEFF{"a":1}', kind: 'json' },
    { name: 'a page', text: '<html></html>', kind: 'other' },
    { name: 'plain text', text: 'default backend - 404', kind: 'other' },
    { name: 'a number, as plain-text pages begin with', text: '404', kind: 'other' },
    { name: 'a JSON string', text: '"not found"', kind: 'other' },
    { name: 'null', text: 'null', kind: 'other' },
    { name: 'a list', text: '[]', kind: 'json' },
    { name: 'a list that breaks off', text: '["not_f', kind: 'other' },
    { name: 'text in brackets', text: '[error] no such page', kind: 'other' },
    { name: 'an object that breaks off', text: '{"error":"not_f', kind: 'other' },
  ])('takes $name for $kind', ({ text, kind }) => {
    expect(readBody(text).kind).toBe(kind);
  });

  it("keeps the API's error and detail", () => {
    expect(
      readBody('{"id":null,"code":404,"error":"not_found","detail":"No such user","doc_url":"x"}'),
    ).toEqual({
      kind: 'json',
      hasError: true,
      error: 'not_found',
      detail: 'No such user',
    });
  });

  it("writes Django's lists and objects out", () => {
    expect(readBody('{"detail":{"user":["unknown"]}}')).toEqual({
      kind: 'json',
      hasError: false,
      detail: '{"user":["unknown"]}',
    });
  });

  it('takes an error of null for none', () => {
    expect(readBody('{"error":null,"detail":null}')).toEqual({ kind: 'json', hasError: false });
  });

  it.each(['0', '""', 'false'])('takes an error of %s for one', (value) => {
    expect(readBody(`{"error":${value}}`)).toMatchObject({ hasError: true });
  });
});
