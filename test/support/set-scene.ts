import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareWithTruth, type InputRow } from './compare-with-truth.ts';
import { readReport } from './read-report.ts';
import { type Ended, type Running, type StartOptions, startOffboard } from './run-offboard.ts';
import { type Script, startTruthServer, type TruthServer, truthKey } from './truth-server.ts';

/** What the built command is tried on: a folder of its own that holds `pairs.csv`, and a server that keeps the truth. */
export interface Scene {
  readonly cwd: string;
  readonly server: TruthServer;
  /** Names the server and its key, and lifts the default limits: words on the command line beat it. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts `offboard <words>` in the folder. */
  start(words: readonly string[], options?: SceneStart): Running;
  run(words: readonly string[], options?: SceneStart): Promise<Ended>;
  /** What the report in a folder below `cwd` says that is not so; `server` is the one that stands in by now. */
  disagreements(folder: string, server?: Pick<TruthServer, 'members' | 'requests'>): string[];
}

/** `env` comes on top of the scene's own. */
export type SceneStart = Omit<StartOptions, 'cwd'>;

export interface SceneOptions {
  /** `workspace/user`, one a row. */
  readonly pairs: readonly string[];
  /** The input where it is more than its pairs: its text, and what each row asks for. */
  readonly csv?: { readonly text: string; readonly rows: readonly InputRow[] };
  /** All pairs, unless told otherwise. */
  readonly members?: readonly string[];
  readonly forbidden?: readonly number[];
  readonly scope?: 'instance' | 'company';
  /** Path before `/api`. */
  readonly prefix?: string;
  readonly script?: Script;
}

const closers: (() => Promise<void>)[] = [];

/** For `afterAll`: stops the servers of all scenes and removes their folders. */
export async function clearScenes(): Promise<void> {
  await Promise.all(closers.splice(0).map((close) => close()));
}

export async function setScene({ pairs, csv, members = pairs, ...rules }: SceneOptions): Promise<Scene> {
  const cwd = mkdtempSync(join(tmpdir(), 'offboard-scene-'));
  const server = await startTruthServer({ members, ...rules });
  closers.push(async () => {
    await server.close();
    rmSync(cwd, { recursive: true, force: true });
  });
  const { text, rows } = csv ?? plainCsv(pairs);
  writeFileSync(join(cwd, 'pairs.csv'), text);
  const membersBefore = new Set(members);
  const env = {
    PARADIGM_API_KEY: truthKey,
    OFFBOARD_BASE_URL: server.url,
    OFFBOARD_RATE: 'off',
    OFFBOARD_MAX_REMOVALS: '1000000',
  };
  const start: Scene['start'] = (words, options = {}) =>
    startOffboard(words, { ...options, cwd, env: { ...env, ...options.env } });
  return {
    cwd,
    server,
    env,
    start,
    run: (words, options) => start(words, options).ended,
    disagreements: (folder, present = server) =>
      compareWithTruth(readReport(join(cwd, folder)), { input: rows, membersBefore, server: present }),
  };
}

/** `count` pairs, each once, spread evenly over `workspaces`: `1/1000`, `2/1001`, … */
export function makePairs(count: number, workspaces = 20): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${1 + (index % workspaces)}/${1000 + index}`);
}

function plainCsv(pairs: readonly string[]): { readonly text: string; readonly rows: readonly InputRow[] } {
  return {
    text: `workspace_id,user_id\n${pairs.map((pair) => `${pair.replace('/', ',')}\n`).join('')}`,
    rows: pairs.map((pair, index) => ({ line: index + 2, pair })),
  };
}
