import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LimitHeaders } from '../../src/policy/reply.ts';
import { parseStatedLimit } from '../../src/policy/stated-limit.ts';

const wallNow = Date.UTC(2026, 10, 28, 10, 0, 0);

function parse(limit: LimitHeaders) {
  return parseStatedLimit(limit, 'Sat, 28 Nov 2026 10:00:00 GMT', wallNow);
}

describe('parseStatedLimit', () => {
  it.each([
    { name: 'a policy', headers: { policy: '"default";q=60;w=1' }, requests: 60, windowMs: 1_000 },
    {
      name: 'the tightest of several policies',
      headers: { policy: '"burst";q=100;w=1, "sustained";q=1000;w=60' },
      requests: 1_000,
      windowMs: 60_000,
    },
    {
      name: "a minute's policy beside a day's",
      headers: { policy: '"day";q=100;w=86400,"minute";q=300;w=60;pk=:abc=:' },
      requests: 300,
      windowMs: 60_000,
    },
    { name: 'a policy as it was first', headers: { policy: '100;w=10' }, requests: 100, windowMs: 10_000 },
    {
      name: 'policies behind the older limit',
      headers: { limit: '10, 10;w=1, 1000;w=3600' },
      requests: 10,
      windowMs: 1_000,
    },
  ])('reads $name', ({ headers, requests, windowMs }) => {
    expect(parse(headers)).toMatchObject({ quota: { requests, windowMs }, untilReset: undefined });
  });

  it.each([
    { name: 'a limit with a reset', headers: { limit: '60', remaining: '5', reset: '20' }, resetMs: 20_000 },
    { name: 'an instant', headers: { limit: '60', reset: String(wallNow / 1_000 + 9) }, resetMs: 9_000 },
    { name: 'one header for all', headers: { current: 'limit=60, remaining=5, reset=7' }, resetMs: 7_000 },
  ])('reads until when it counts where no window is named: $name', ({ headers, resetMs }) => {
    expect(parse(headers)).toEqual({
      quota: undefined,
      untilReset: { requests: 60, resetMs },
      usedUpMs: 0,
    });
  });

  it.each([
    { name: 'a policy', headers: { policy: '"a";q=60;w=1', current: '"a";r=0;t=3' }, usedUpMs: 3_000 },
    { name: 'one of two', headers: { current: '"a";r=5;t=1, "b";r=0;t=9' }, usedUpMs: 9_000 },
    { name: 'single headers', headers: { limit: '60', remaining: '0', reset: '20' }, usedUpMs: 20_000 },
    { name: 'one header for all', headers: { current: 'limit=60, remaining=0, reset=7' }, usedUpMs: 7_000 },
    { name: 'no time', headers: { limit: '60', remaining: '0' }, usedUpMs: 0 },
    { name: 'some left', headers: { limit: '60', remaining: '1', reset: '20' }, usedUpMs: 0 },
  ])('reads that nothing is left: $name', ({ headers, usedUpMs }) => {
    expect(parse(headers).usedUpMs).toBe(usedUpMs);
  });

  it.each([
    { policy: '"a";q=0;w=1' },
    { policy: '"a";q=60;w=0' },
    { policy: '"a";q=99999999999;w=1' },
    { policy: '"a";q=-5;w=1' },
    { policy: '"a";q=lots;w=1' },
    { policy: '"a";q=60' },
    { policy: '"bytes";q=65535;w=10;qu="content-bytes"' },
    { policy: '"day";q=1000;w=86400' },
    { limit: '60' },
    { limit: '-1', reset: '5' },
    { limit: '0', reset: '5' },
    { limit: 'none', remaining: 'x', reset: 'soon' },
    { limit: '60', reset: '-5' },
    {},
  ])('ignores what makes no sense: %j', (headers) => {
    expect(parse(headers)).toEqual({ quota: undefined, untilReset: undefined, usedUpMs: 0 });
  });

  it('always gives numbers that can be paced by', () => {
    const header = fc.option(
      fc.oneof(
        fc.string(),
        fc.stringMatching(/^("[a-c]"(;[qwrt]=\d{1,12}){0,4}(, ?)?){0,3}$/),
        fc.stringMatching(/^(limit|remaining|reset)=\d{0,12}(, (limit|remaining|reset)=\d{0,12}){0,2}$/),
        fc.nat().map(String),
      ),
      { nil: undefined },
    );
    const headers = fc.record({
      policy: header,
      current: header,
      limit: header,
      remaining: header,
      reset: header,
    });
    fc.assert(
      fc.property(headers, (limit) => {
        const { quota, untilReset, usedUpMs } = parse(limit);
        expect(usedUpMs).toBeGreaterThanOrEqual(0);
        if (quota !== undefined) expect((quota.requests / quota.windowMs) * 60_000).toBeGreaterThanOrEqual(1);
        if (untilReset !== undefined) expect(untilReset.requests).toBeGreaterThanOrEqual(1);
      }),
      { seed: 5 },
    );
  });
});
