import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FatalError } from '../../src/exit-code.ts';
import { type SandboxOptions, sandboxDefaults } from '../../src/sandbox/sandbox-options.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts';

let folder: string;
const running: Sandbox[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-sandbox-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ ...sandboxDefaults, port: 0, ...options });
  running.push(sandbox);
  return sandbox;
}

interface Heard {
  readonly status: number | 'lost';
  readonly headers: Headers;
  readonly body: string;
}

/** An answer that is lost, or late by five seconds, has the status `lost`: a busy machine may take some for any. */
async function ask(sandbox: Sandbox, method: string, path: string, key = sandbox.key): Promise<Heard> {
  try {
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(5_000),
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  } catch {
    return { status: 'lost', headers: new Headers(), body: '' };
  }
}

function removalPath(workspace: number, user: number): string {
  return `/api/v3/instance/workspaces/${workspace}/members/users/${user}`;
}

function remove(sandbox: Sandbox, workspace: number, user: number): Promise<Heard> {
  return ask(sandbox, 'DELETE', removalPath(workspace, user));
}

describe('a removal', () => {
  it('takes a member out once, and is not found after that', async () => {
    const sandbox = await start();
    const before = sandbox.state().memberships.length;
    expect(await remove(sandbox, 1, 1001)).toMatchObject({ status: 204, body: '' });
    const again = await remove(sandbox, 1, 1001);
    expect(again.status).toBe(404);
    expect(JSON.parse(again.body)).toMatchObject({ code: 404, error: 'not_found' });
    expect(sandbox.state().memberships).toHaveLength(before - 1);
    expect(sandbox.state().changes).toMatchObject([{ workspace: 1, user: 1001, shown: 204 }]);
  });

  it('is refused without the key, and changes nothing', async () => {
    const sandbox = await start();
    const refused = await ask(sandbox, 'DELETE', removalPath(1, 1001), 'another-key');
    expect(refused.status).toBe(401);
    expect(JSON.parse(refused.body)).toMatchObject({ error: 'authentication_failed' });
    expect(sandbox.state().changes).toEqual([]);
  });

  it('is refused in a forbidden workspace', async () => {
    const sandbox = await start({ forbidden: [2] });
    expect((await remove(sandbox, 2, 1001)).status).toBe(403);
    expect((await remove(sandbox, 3, 1001)).status).toBe(204);
  });

  it('meets an HTML page behind a trailing slash, as with Django', async () => {
    const sandbox = await start();
    const heard = await ask(sandbox, 'DELETE', `${removalPath(1, 1001)}/`);
    expect(heard).toMatchObject({ status: 404 });
    expect(heard.headers.get('content-type')).toContain('text/html');
  });

  it('is answered 503 under maintenance, without a time to come back', async () => {
    const sandbox = await start({ maintenance: true });
    const heard = await remove(sandbox, 1, 1001);
    expect(heard.status).toBe(503);
    expect(JSON.parse(heard.body)).toMatchObject({ error: 'service_maintenance', mode: 'full_shutdown' });
    expect(heard.headers.has('retry-after')).toBe(false);
  });

  it('is done although its answer is lost, where the fault comes after the act', async () => {
    const sandbox = await start({ faults: 1, latencyMs: 0 });
    const pairs = sandbox.state().memberships.slice(0, 30);
    const heard = await Promise.all(pairs.map(({ workspace, user }) => remove(sandbox, workspace, user)));
    expect(heard.every(({ status }) => status === 'lost' || status >= 500)).toBe(true);
    const { changes, memberships } = sandbox.state();
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.some(({ shown }) => shown === 'reset')).toBe(true);
    expect(memberships).toHaveLength(200 - changes.length);
  });
});

describe('the same seed', () => {
  /** What became of every pair asked for three times, whatever the order and however many at once. */
  async function rehearse(seed: number, order: 'forwards' | 'backwards', lanes: number) {
    const sandbox = await start({ seed, faults: 0.3, workspaces: 4, users: 10 });
    const pairs = [...sandbox.state().memberships];
    if (order === 'backwards') pairs.reverse();
    const heard = new Map<string, Heard['status'][]>();
    const lane = async () => {
      for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
        const statuses: Heard['status'][] = [];
        for (let nth = 0; nth < 3; nth += 1) {
          statuses.push((await remove(sandbox, pair.workspace, pair.user)).status);
        }
        heard.set(`${pair.workspace}/${pair.user}`, statuses);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return new Map([...heard].sort());
  }

  it('brings the same faults in any order and at any concurrency', async () => {
    const [one, other, another] = await Promise.all([
      rehearse(5, 'forwards', 2),
      rehearse(5, 'backwards', 12),
      rehearse(6, 'forwards', 12),
    ]);
    expect(other).toEqual(one);
    expect(another).not.toEqual(one);
  });

  it('brings the same faults where some requests were refused before', async () => {
    const [plain, refusedFirst] = await Promise.all([start({ faults: 0.5 }), start({ faults: 0.5 })]);
    const users = [1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008];
    for (const user of users) await ask(refusedFirst, 'DELETE', removalPath(1, user), 'another-key');
    const statusesOf = async (sandbox: Sandbox) =>
      (await Promise.all(users.map((user) => remove(sandbox, 1, user)))).map(({ status }) => status);
    const [heard, expected] = await Promise.all([refusedFirst, plain].map(statusesOf));
    expect(heard).toEqual(expected);
  });
});

describe('a limit', () => {
  it('is answered as Django REST framework does', async () => {
    const sandbox = await start({ limit: { perSecond: 1, retryAfter: true } });
    const heard = await Promise.all([1001, 1002, 1003].map((user) => remove(sandbox, 1, user)));
    const refused = heard.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const { headers, body } of refused) {
      expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(body).toMatch(/^\{"detail":"Request was throttled. Expected available in \d+ seconds?\."\}$/);
    }
    expect(sandbox.state().requests.shown['429']).toBe(refused.length);
  });

  it('can keep to itself how long to wait', async () => {
    const sandbox = await start({ limit: { perSecond: 0.001, retryAfter: false } });
    expect((await remove(sandbox, 1, 1001)).status).toBe(204);
    const refused = await remove(sandbox, 1, 1002);
    expect(refused.status).toBe(429);
    expect(refused.headers.has('retry-after')).toBe(false);
  });
});

describe('the state', () => {
  it('counts what was seen and shown and the most at once, but not itself', async () => {
    // Each takes a second at least: all four arrive within that, on a busy machine too.
    const sandbox = await start({ latencyMs: 2_000, forbidden: [2] });
    await Promise.all([
      remove(sandbox, 1, 1001),
      remove(sandbox, 2, 1001),
      remove(sandbox, 1, 9),
      remove(sandbox, 1, 8),
    ]);
    const response = await fetch(`${sandbox.url}/sandbox/state`);
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(sandbox.state())));
    expect(sandbox.state().requests).toMatchObject({
      seen: 4,
      mostInFlight: 4,
      shown: { 204: 1, 403: 1, 404: 2 },
    });
  });
});

describe('the reads', () => {
  it('list who is left in a workspace', async () => {
    const sandbox = await start({ users: 2 });
    await remove(sandbox, 1, 1001);
    const heard = await ask(sandbox, 'GET', '/api/v3/company/workspaces/1/members');
    expect(JSON.parse(heard.body)).toEqual({
      users: [{ id: 1002, email: 'user-1002@sandbox.example', role: 'owner' }],
      groups: [],
    });
    expect((await ask(sandbox, 'GET', '/api/v3/company/workspaces/99/members')).status).toBe(404);
  });

  it('page through the workspaces by complete links', async () => {
    const sandbox = await start({ workspaces: 5 });
    const ids: number[] = [];
    for (let path: string | undefined = '/api/v3/instance/workspaces?page_size=2'; path !== undefined; ) {
      const listing = JSON.parse((await ask(sandbox, 'GET', path)).body);
      expect(listing.count).toBe(5);
      ids.push(...listing.results.map(({ id }: { id: number }) => id));
      expect(listing.next === null || listing.next.startsWith(sandbox.url)).toBe(true);
      path = listing.next?.slice(sandbox.url.length);
    }
    expect(ids).toEqual([1, 2, 3, 4, 5]);
  });

  it('tell whose key it is', async () => {
    const sandbox = await start();
    const me = JSON.parse((await ask(sandbox, 'GET', '/api/v3/users/me')).body);
    expect(me.permissions.is_admin).toBe(true);
  });
});

describe('starting', () => {
  it('takes its memberships from a CSV', async () => {
    const members = join(folder, 'members.csv');
    writeFileSync(members, 'name;Workspace ID;userId\r\nAda;3;7\r\n\r\nBob;3;8\r\n');
    const sandbox = await start({ members });
    expect(sandbox.state().memberships).toEqual([
      { workspace: 3, user: 7 },
      { workspace: 3, user: 8 },
    ]);
  });

  it.each([
    ['is not there', undefined],
    ['has no such columns', 'a,b\n1,2\n'],
    ['holds something that is no id', 'workspace,user\n1,x\n'],
  ])('refuses a members file that %s, and names it', async (_, text) => {
    const members = join(folder, 'members.csv');
    if (text !== undefined) writeFileSync(members, text);
    const refused = start({ members });
    await expect(refused).rejects.toThrow(FatalError);
    await expect(refused).rejects.toThrow(members);
  });

  it('says so where its port is taken', async () => {
    const sandbox = await start();
    const refused = start({ port: Number(new URL(sandbox.url).port) });
    await expect(refused).rejects.toThrow(/EADDRINUSE/);
  });
});
