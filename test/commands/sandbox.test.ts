import { describe, expect, it } from 'vitest';
import { runSandbox } from '../../src/commands/sandbox.ts';
import { sandboxDefaults } from '../../src/sandbox/sandbox-options.ts';

describe('offboard sandbox', () => {
  it('says where it is, which key it takes and what to try, and ends with 0 when told to', async () => {
    const stop = new AbortController();
    let printed = '';
    const print = (text: string) => {
      printed += text;
      stop.abort();
    };
    const exitCode = await runSandbox({ ...sandboxDefaults, port: 0, key: "it's" }, print, stop.signal);
    expect(exitCode).toBe(0);
    expect(printed).toMatch(/address {2}http:\/\/127\.0\.0\.1:\d+\n/);
    expect(printed).toContain('holds    200 memberships in 10 workspaces');
    expect(printed).toContain("PARADIGM_API_KEY='it'\\''s'");
    expect(printed).toMatch(/curl -s http:\/\/127\.0\.0\.1:\d+\/sandbox\/state/);
    expect(printed.split('\n').every((line) => line.length <= 80)).toBe(true);
  });
});
