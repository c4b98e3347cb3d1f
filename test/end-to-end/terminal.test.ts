import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { runInTerminal, type TerminalOptions } from '../support/pty.ts';
import { onlyRunFolder, readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const question = 'type the number of removals (30): ';
const [ctrlC, ctrlD] = ['\u0003', '\u0004'];
const eraseLine = '\r\u001b[K';

function show({ cwd, env }: Scene, words: readonly string[], options: Omit<TerminalOptions, 'cwd'> = {}) {
  return runInTerminal(words, { ...options, cwd, env: { ...env, ...options.env } });
}

describe('the question before the first request', () => {
  it('comes after what the run is about to do, and the right number lets it go on', async () => {
    const scene = await setScene({ pairs: makePairs(30) });

    const typed = [{ after: question, text: '30\n' }];
    const { screen, exitCode } = await show(scene, ['run', 'pairs.csv'], { typed });

    expect(exitCode).toBe(0);
    const overview = screen.slice(0, screen.indexOf(question));
    expect(overview).toContain(`Instance      ${scene.server.url} (instance admin)`);
    expect(overview).toMatch(/^API key {7}sha256:[0-9a-f]{12}\r$/m);
    expect(overview).toContain('Columns       workspace <- "workspace_id", user <- "user_id"');
    expect(overview).toContain('Removals      30 (30 users, 20 workspaces)');
    expect(screen.slice(screen.indexOf(question))).toContain('30 removed, nothing needs a person');
    expect(scene.server.members.size).toBe(0);
  });

  it.each([
    { name: 'a wrong number', text: '31\n', code: 22 },
    { name: 'y', text: 'y\n', code: 22 },
    { name: 'yes', text: 'yes\n', code: 22 },
    { name: 'Enter alone', text: '\n', code: 22 },
    { name: 'Ctrl-D', text: ctrlD, code: 22 },
    { name: 'Ctrl-C', text: ctrlC, code: 21 },
  ])('answered with $name: nothing is sent, and no run folder is made', async ({ text, code }) => {
    const scene = await setScene({ pairs: makePairs(30) });
    const { screen, exitCode } = await show(scene, ['run', 'pairs.csv'], {
      typed: [{ after: question, text }],
    });
    expect(exitCode, screen).toBe(code);
    expect(screen).toMatch(code === 22 ? /nothing was sent\.\r\n$/ : /before anything was sent\.\r\n$/);
    expect(scene.server.requests).toEqual([]);
    expect(readdirSync(scene.cwd)).toEqual(['pairs.csv']);
  });

  it('is put to the terminal itself where standard input is the CSV', async () => {
    const scene = await setScene({ pairs: makePairs(30) });
    const typed = [{ after: question, text: '30\n' }];
    const { screen, exitCode } = await show(scene, ['run', '-'], { typed, stdinFile: 'pairs.csv' });
    expect(exitCode, screen).toBe(0);
    expect(screen).toContain('Input         standard input');
    expect(scene.server.members.size).toBe(0);
  });

  it('is left out with --yes, what the run is about to do is not', async () => {
    const scene = await setScene({ pairs: makePairs(30) });
    const { screen, exitCode } = await show(scene, ['run', 'pairs.csv', '--yes']);
    expect(exitCode).toBe(0);
    expect(screen).toContain('Removals      30 (30 users, 20 workspaces)');
    expect(screen).not.toContain('type the number');
  });

  it('names what is left where a run goes on', async () => {
    const scene = await setScene({
      pairs: makePairs(30),
      script: ({ index }) =>
        index < 10 ? undefined : { kind: 'answer', status: 400, body: { error: 'odd' } },
    });
    const words = ['run', 'pairs.csv', '--out', 'run', '--concurrency', '1'];
    expect((await scene.run(words)).exitCode).toBe(20);
    scene.server.follow(() => undefined);

    const typed = [{ after: 'type the number of removals (20): ', text: '20\n' }];
    const { screen, exitCode } = await show(scene, words, { typed });

    expect(exitCode, screen).toBe(0);
    expect(screen).toContain('Left          20 (10 settled before)');
    expect(scene.disagreements('run')).toEqual([]);
  });
});

// What a former session left out may be asked for by the next one: the number is that of the coming one.
describe('the number that a resume asks for', () => {
  const words = ['run', 'pairs.csv', '--out', 'run'];

  it('counts forbidden records with --retry-forbidden', async () => {
    const scene = await setScene({ pairs: makePairs(30), forbidden: [3] });
    expect((await scene.run(words)).exitCode).toBe(20);

    const typed = [{ after: 'type the number of removals (2): ', text: '2\n' }];
    const { screen, exitCode } = await show(scene, [...words, '--retry-forbidden'], { typed });

    expect(exitCode, screen).toBe(20);
    expect(screen).toContain('Left          2 (28 settled before)');
    expect(scene.server.requests).toHaveLength(32);
  });

  it('counts those who are not protected any more', async () => {
    const scene = await setScene({ pairs: makePairs(30) });
    writeFileSync(join(scene.cwd, 'keep.txt'), '1000\n1001\n1002\n');
    expect((await scene.run([...words, '--protect', 'keep.txt'])).exitCode).toBe(0);

    const typed = [{ after: 'type the number of removals (3): ', text: '3\n' }];
    const { screen, exitCode } = await show(scene, words, { typed });

    expect(exitCode, screen).toBe(0);
    expect(scene.server.members.size).toBe(0);
  });
});

// These wait far more than they work, so all wait at the same time.
describe.concurrent('the live line', () => {
  const words = ['run', 'pairs.csv', '--yes', '--rate', '40'];

  it.each([60, 200])(
    'is never as wide as a window of %i columns, and goes away at the end',
    async (columns) => {
      const pairs = makePairs(60);
      // Those who are forbidden or absent come late: the line has room for its bar first, then too little for all.
      const scene = await setScene({ pairs, members: pairs.slice(0, -10), forbidden: [20] });

      const { screen, exitCode } = await show(scene, words, { columns });

      expect(exitCode).toBe(20);
      const frames = framesOf(screen);
      expect(frames.length).toBeGreaterThan(3);
      for (const frame of frames) expect(frame.length, frame).toBeLessThan(columns);
      expect(frames.some((frame) => /^\[#+-+\] {2}\d+\/60 {2}\d+ %/.test(frame))).toBe(true);
      // Erased, then the summary, with nothing of the line left in front of it.
      expect(screen).toContain(`${eraseLine}48 removed, 3 need a person\r\n`);
    },
  );

  it('says why nothing moves, in colour', async () => {
    const { screen } = await showHeld({});
    expect(screen).toContain('\u001b[33mheld: the API asked to wait');
    expect(framesOf(screen)).toContainEqual(expect.stringContaining('held: the API asked to wait'));
  });

  it('has no colours with NO_COLOR, and is drawn all the same', async () => {
    const { screen } = await showHeld({ NO_COLOR: '1' });
    expect(screen.replaceAll(eraseLine, '')).not.toContain('\u001b');
    expect(framesOf(screen)).toContainEqual(expect.stringContaining('held: the API asked to wait'));
  });

  it('is not drawn on a dumb terminal: nothing there moves the cursor or has a colour', async () => {
    const { screen } = await showHeld({ TERM: 'dumb' });
    expect(screen).not.toContain('\u001b');
    expect(screen).not.toContain('held: the API asked to wait');
    expect(screen).toContain('40 removed, nothing needs a person');
  });

  /** A run that is asked to wait for four seconds in its middle: longer than a busy machine draws no line. */
  async function showHeld(env: Readonly<Record<string, string>>) {
    const scene = await setScene({
      pairs: makePairs(40),
      script: ({ index }) =>
        index === 20
          ? { kind: 'answer', status: 429, headers: { 'retry-after': '4' }, body: { detail: 'Slow.' } }
          : undefined,
    });
    const session = await show(scene, words, { env });
    expect(session.exitCode, session.screen).toBe(0);
    const { json } = readReport(onlyRunFolder(join(scene.cwd, 'offboard-runs')));
    expect(json.requests.throttled).toBe(1);
    return session;
  }
});

/** Every state that the live line had, as the person saw it. */
function framesOf(screen: string): readonly string[] {
  const drawn = screen.split(eraseLine).map((text) => text.split(/[\r\n]/)[0] ?? '');
  return drawn.map(stripVTControlCharacters).filter((frame) => frame.includes(' %'));
}
