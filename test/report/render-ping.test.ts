import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/exit-code.ts';
import { pingPath, renderPing } from '../../src/report/render-ping.ts';
import { sampleEnding } from './sample-ending.ts';

describe('the ping at the end of a run', () => {
  it('names the exit code, but for what goes on by itself', () => {
    const paths = Object.values(exitCodes).map(({ code }) => [
      code,
      pingPath(sampleEnding({ exitCode: code })),
    ]);
    expect(Object.fromEntries(paths)).toEqual({
      0: '/0',
      1: '/1',
      2: '/2',
      20: '/20',
      21: '/log',
      22: '/22',
      23: '/23',
      24: '/log',
      25: '/25',
    });
  });

  it('says in its body what happened', () => {
    const body = renderPing(sampleEnding({ exitCode: 21, reason: 'outage' }));
    expect(body).toMatch(/^exit 21: stopped before the end/);
    expect(body).toContain('\nstopped: outage\n');
    expect(body).toContain('\nremoved 5\n');
    expect(body).toMatch(/\ntook 12\.5 s\n$/);
  });

  it('says no more than the exit code where there is no report', () => {
    expect(renderPing(sampleEnding({ exitCode: 2, report: undefined }))).toBe(
      'exit 2: usage, configuration or input is wrong\ntook 12.5 s\n',
    );
  });
});
