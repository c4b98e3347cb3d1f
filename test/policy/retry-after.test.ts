import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReset, parseRetryAfter } from '../../src/policy/retry-after.ts';

const wallNow = Date.parse('2026-11-24T23:53:42Z');

const century = 100 * 366 * 24 * 3_600_000;

describe('parseRetryAfter', () => {
  it.each([
    { name: 'seconds', retryAfter: '120', ms: 120_000 },
    { name: 'zero', retryAfter: '0', ms: 0 },
    { name: 'decimals', retryAfter: '1.5', ms: 1_500 },
    { name: 'white space around', retryAfter: ' 7 ', ms: 7_000 },
    { name: 'an IMF date', retryAfter: 'Tue, 24 Nov 2026 23:54:42 GMT', ms: 60_000 },
    { name: 'an RFC 850 date', retryAfter: 'Tuesday, 24-Nov-26 23:54:42 GMT', ms: 60_000 },
    { name: 'an asctime date', retryAfter: 'Tue Nov 24 23:54:42 2026', ms: 60_000 },
    { name: 'a date that has passed', retryAfter: 'Tue, 24 Nov 2026 23:00:00 GMT', ms: 0 },
    { name: 'more than a century', retryAfter: '9'.repeat(400), ms: century },
    { name: 'the last year of all dates', retryAfter: 'Tue, 01 Jan 275760 00:00:00 GMT', ms: century },
    { name: 'a negative number', retryAfter: '-5', ms: undefined },
    { name: 'words', retryAfter: 'soon', ms: undefined },
    { name: 'a bare year', retryAfter: '2026-11-25', ms: undefined },
    { name: 'an exponent', retryAfter: '1e3', ms: undefined },
    { name: 'nothing', retryAfter: '', ms: undefined },
    { name: 'a day that is none', retryAfter: 'Tue, 99 Nov 2026 23:54:42 GMT', ms: undefined },
  ])('reads $name', ({ retryAfter, ms }) => {
    expect(parseRetryAfter({ retryAfter }, wallNow)).toBe(ms);
  });

  it('reads a date against the Date of the answer, whatever our clock says', () => {
    const headers = { retryAfter: 'Tue, 24 Nov 2026 12:00:30 GMT', date: 'Tue, 24 Nov 2026 12:00:00 GMT' };
    expect(parseRetryAfter(headers, wallNow)).toBe(30_000);
  });

  it('reads it against our clock where that Date is none', () => {
    const headers = { retryAfter: 'Tue, 24 Nov 2026 23:54:42 GMT', date: 'yesterday' };
    expect(parseRetryAfter(headers, wallNow)).toBe(60_000);
  });

  it('says nothing where there is no header', () => {
    expect(parseRetryAfter({}, wallNow)).toBeUndefined();
  });

  it('is never negative nor NaN, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (retryAfter, date) => {
        const ms = parseRetryAfter({ retryAfter, ...(date === undefined ? {} : { date }) }, wallNow);
        expect(ms === undefined || ms >= 0).toBe(true);
      }),
      { seed: 7 },
    );
  });
});

describe('parseReset', () => {
  it.each([
    { name: 'a duration in seconds', rateLimitReset: '60', ms: 60_000 },
    { name: 'an instant in epoch seconds', rateLimitReset: String(wallNow / 1_000 + 90), ms: 90_000 },
    { name: 'an instant that has passed', rateLimitReset: String(wallNow / 1_000 - 90), ms: 0 },
    { name: 'nonsense', rateLimitReset: 'later', ms: undefined },
    { name: 'a negative number', rateLimitReset: '-1', ms: undefined },
  ])('reads $name', ({ rateLimitReset, ms }) => {
    expect(parseReset(rateLimitReset, undefined, wallNow)).toBe(ms);
  });

  it('reads an instant against the Date of the answer', () => {
    const date = 'Tue, 24 Nov 2026 12:00:00 GMT';
    const rateLimitReset = String(Date.parse(date) / 1_000 + 15);
    expect(parseReset(rateLimitReset, date, wallNow)).toBe(15_000);
  });

  it('says nothing where there is no header', () => {
    expect(parseReset(undefined, undefined, wallNow)).toBeUndefined();
  });
});
