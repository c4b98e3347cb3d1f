import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeMixedInput } from '../support/mixed-input.ts';
import { readReport } from '../support/read-report.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { clearScenes, makePairs, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

describe('a file of the report', () => {
  it('is an input like any other: what is forbidden is removed from it, in the columns it came in', async () => {
    const input = makeMixedInput(200, seededRandom(7));
    const scene = await setScene({ pairs: input.pairs, csv: input, forbidden: [4, 19] });
    const skip = ['--on-invalid', 'skip'];
    expect((await scene.run(['run', 'pairs.csv', '--out', 'run', ...skip])).exitCode).toBe(20);
    const forbidden = readReport(join(scene.cwd, 'run')).rows.filter(({ file }) => file === 'forbidden');
    expect(forbidden.length).toBeGreaterThan(3);
    const sent = scene.server.requests.length;
    scene.server.follow(() => ({ kind: 'answer', status: 204 }));

    expect((await scene.run(['run', 'run/forbidden.csv', '--out', 'again'])).exitCode).toBe(0);

    expect(scene.server.requests.length - sent).toBe(forbidden.length);
    const again = readReport(join(scene.cwd, 'again'));
    expect(again.json.counts).toMatchObject({ removed: forbidden.length, invalid: 0 });
    for (const [index, { cells }] of again.rows.entries()) {
      const { line, outcome, reason, status, attempts, finished_at, detail, ...own } = cells;
      expect(forbidden[index]?.cells).toMatchObject(own);
      expect(Object.keys(own)).toEqual(['Full name', 'Workspace ID', 'Note', 'User ID']);
    }
  });

  it('that lists what could not be read can be mended in place and run', async () => {
    const csv = { text: '\uFEFFuser;name;workspace\r\n1,200;Ada;7\r\n12;Bo;7\r\n', rows: [] };
    const scene = await setScene({ pairs: ['7/12', '7/1200'], csv });
    const skip = ['--on-invalid', 'skip'];
    expect((await scene.run(['run', 'pairs.csv', '--out', 'run', ...skip])).exitCode).toBe(20);
    const file = join(scene.cwd, 'run', 'invalid.csv');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('"1,200",Ada,7,');
    writeFileSync(join(scene.cwd, 'mended.csv'), text.replace('"1,200",Ada', '1200,Ada'));

    expect((await scene.run(['run', 'mended.csv'])).exitCode).toBe(0);
    expect(scene.server.members.size).toBe(0);
  });
});

describe('a request', () => {
  it('goes below the path of the base URL, as the API documents it', async () => {
    const scene = await setScene({ pairs: makePairs(3), prefix: '/tenants/acme' });
    expect((await scene.run(['run', 'pairs.csv', '--base-url', `${scene.server.url}/`])).exitCode).toBe(0);
    expect(scene.server.strangers).toEqual([]);
    const [first] = scene.server.requests;
    expect(first?.path).toBe('/tenants/acme/api/v3/instance/workspaces/1/members/users/1000');
    const { host, connection, ...headers } = first?.headers ?? {};
    expect(headers).toEqual({
      accept: 'application/json',
      authorization: `Bearer ${scene.env['PARADIGM_API_KEY']}`,
      'user-agent': expect.stringMatching(/^offboard\/\d+\.\d+\.\d+$/),
    });
  });
});
