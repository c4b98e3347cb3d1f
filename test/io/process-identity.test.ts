import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { identifyProcess, lifeOf, startTimeOf } from '../../src/io/process-identity.ts';

describe('identifyProcess', () => {
  it('names host, boot, namespace and process, and says the same each time', () => {
    const us = identifyProcess(process.pid);
    expect(us).toMatchObject({ host: hostname(), pid: process.pid });
    expect(us.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(us.pidNamespace).toMatch(/^pid:\[\d+\]$/);
    expect(us.startTime).toMatch(/^\d+$/);
    expect(identifyProcess(process.pid)).toEqual(us);
  });
});

const hidden = new Set<string>();

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  return {
    ...fs,
    readFileSync(path: string, encoding: 'utf8') {
      if (hidden.has(path)) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
      return fs.readFileSync(path, encoding);
    },
  };
});

describe('lifeOf', () => {
  it('tells whether the very process runs, or another one of its number', () => {
    const us = identifyProcess(process.pid);
    expect(lifeOf(us)).toBe('runs');
    expect(lifeOf({ ...us, startTime: '1' })).toBe('gone');
    for (const pid of [0, -1, 4_194_305, 0.5, Number.NaN]) expect(lifeOf({ ...us, pid })).toBe('gone');
  });

  it('does not take a process for gone that the system hides, until it has ended', async () => {
    const child = spawn('sleep', ['30'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const startTime = startTimeOf(pid);
    hidden.add(`/proc/${pid}/stat`);
    expect(lifeOf({ pid, startTime })).toBe('hidden');
    child.kill();
    await once(child, 'exit');
    expect(lifeOf({ pid, startTime })).toBe('gone');
  });
});

describe('startTimeOf', () => {
  it('tells processes apart by when they began', async () => {
    const child = spawn('sleep', ['30'], { stdio: 'ignore' });
    await once(child, 'spawn');
    expect(Number(startTimeOf(child.pid ?? 0))).toBeGreaterThanOrEqual(Number(startTimeOf(process.pid)));
    child.kill();
    await once(child, 'exit');
    expect(startTimeOf(child.pid ?? 0)).toBe('');
  });

  it('is not misled by a command whose name looks like the fields behind it', async () => {
    const rename = `process.title = 'a) Z 1 (b'; process.send?.('named'); setInterval(() => {}, 1e6);`;
    const child = spawn(process.execPath, ['-e', rename], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    await once(child, 'message');
    expect(startTimeOf(child.pid ?? 0)).toMatch(/^\d{2,}$/);
    child.kill();
    await once(child, 'exit');
  });

  it('takes a process that has ended, and whose parent has not noticed, for none', async () => {
    // The shell becomes a program that never waits for the child it was left with.
    const parent = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = await once(parent.stdout, 'data');
    await expect.poll(() => startTimeOf(Number(String(line))), { interval: 5, timeout: 20_000 }).toBe('');
    parent.kill();
    await once(parent, 'exit');
  });

  it.each([0, -1, 4_194_305])('knows no process number %d', (pid) => {
    expect(startTimeOf(pid)).toBe('');
  });
});
