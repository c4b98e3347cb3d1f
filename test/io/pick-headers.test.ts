import { describe, expect, it } from 'vitest';
import { pickHeaders, tellingHeaders } from '../../src/io/pick-headers.ts';

function raw(...texts: readonly string[]): readonly Buffer[] {
  return texts.map((text) => Buffer.from(text, 'latin1'));
}

describe('headers that tell something', () => {
  it.each([
    'Content-Length',
    'Transfer-Encoding',
    'Retry-After',
    'RateLimit',
    'RateLimit-Policy',
    'RateLimit-Limit',
    'RateLimit-Remaining',
    'RateLimit-Reset',
    'X-RateLimit-Limit',
    'X-RateLimit-Remaining',
    'X-RateLimit-Reset',
  ])('are found, however they are written: %s', (name) => {
    for (const written of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(tellingHeaders(raw('Server', 'nginx', written, '7'))).toEqual({
        server: 'nginx',
        [name.toLowerCase()]: '7',
      });
    }
  });

  it('are not read where there can be none', () => {
    expect(tellingHeaders(raw('Server', 'nginx', 'Date', 'now', 'Connection', 'keep-alive'))).toBeUndefined();
    expect(tellingHeaders([])).toBeUndefined();
  });

  it('may come twice, and then mean what the first says', () => {
    const headers = tellingHeaders(raw('Retry-After', '3', 'retry-after', '9'));
    expect(headers).toEqual({ 'retry-after': ['3', '9'] });
    expect(pickHeaders(headers ?? {})).toEqual({ retryAfter: '3' });
  });

  it('are no properties of every object', () => {
    const headers = tellingHeaders(raw('__proto__', '1', 'constructor', '2', 'Retry-After', '3')) ?? {};
    expect(pickHeaders(headers)).toEqual({ retryAfter: '3' });
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
  });
});
