import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import fsp from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/effects.ts';
import { acquireLock, type LockFile, refuseHeldFolder } from '../../src/io/lock-file.ts';
import { identifyProcess, type ProcessIdentity, startTimeOf } from '../../src/io/process-identity.ts';
import { systemClock } from '../../src/io/system-clock.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-lock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const us = identifyProcess(process.pid);

/** What is waited for is over at once; `meanwhile` happens before. */
function take(
  path = folder,
  meanwhile: (ms: number) => void = () => undefined,
  { signal } = new AbortController(),
): Promise<LockFile> {
  const after: Clock['after'] = (ms, callback) => {
    meanwhile(ms);
    if (!signal.aborted) callback();
    return () => undefined;
  };
  const clock = { ...systemClock, after };
  return acquireLock(path, { pid: process.pid, clock, signal, inform: () => undefined });
}

/** Writes a lock as another process would have left it, its heartbeat so many seconds ago. */
function leaveLock(holder: Partial<ProcessIdentity>, { number = 1, stillForSeconds = 0 } = {}): void {
  const path = join(folder, `lock.${number}`);
  const text = JSON.stringify({ ...us, since: '2026-11-24T23:53:42.118Z', nonce: 'n', ...holder });
  writeFileSync(path, `${text}\n`);
  const at = Date.now() / 1_000 - stillForSeconds;
  utimesSync(path, at, at);
}

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'close');
  return child.pid ?? 0;
}

describe('acquireLock', () => {
  it('holds the folder until it is released, and leaves nothing behind', async () => {
    const lock = await take();
    expect(await lock.holder()).toBe('us');
    await expect(take()).rejects.toMatchObject({ exit: 'held' });
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await take()).release();
  });

  it('names the holder, and leaves the folder as it was', async () => {
    leaveLock({ host: 'it-ops-02', bootId: 'other' });
    await expect(take()).rejects.toThrow(
      `is held by process ${us.pid} on it-ops-02, since 2026-11-24T23:53:42.118Z`,
    );
    expect(readdirSync(folder)).toEqual(['lock.1']);
  });

  it('is given to one of many who ask at once, fifty times', async () => {
    for (let round = 0; round < 50; round += 1) {
      const asked = await Promise.allSettled(Array.from({ length: 4 }, () => take()));
      const locks = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(locks).toHaveLength(1);
      for (const lock of locks) await lock.release();
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('is given to one of many who find a stale one, fifty times', async () => {
    const pid = await deadPid();
    for (let round = 0; round < 50; round += 1) {
      leaveLock({ pid, startTime: '1' });
      const asked = await Promise.allSettled(Array.from({ length: 4 }, () => take()));
      const locks = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(locks).toHaveLength(1);
      for (const one of asked)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ exit: 'held' });
      for (const lock of locks) {
        expect(await lock.holder()).toBe('us');
        await lock.release();
      }
      rmSync(join(folder, 'lock.1'), { force: true });
    }
  });

  it.each([
    {
      name: 'a dead process of this machine, at once',
      holder: async () => ({ pid: await deadPid() }),
      still: 0,
    },
    {
      name: 'a process whose number another one has now',
      holder: async () => ({ startTime: '1' }),
      still: 0,
    },
    {
      name: 'a run elsewhere whose heartbeat is still for a minute',
      holder: async () => ({ host: 'b', bootId: 'b' }),
      still: 61,
    },
    {
      name: 'a container whose process is number 1 too, by its heartbeat',
      holder: async () => ({ pid: 1, pidNamespace: 'pid:[1]' }),
      still: 61,
    },
    {
      name: 'a run before the last boot, by its heartbeat',
      holder: async () => ({ bootId: 'before' }),
      still: 61,
    },
  ])('takes over the lock of $name', async ({ holder, still }) => {
    leaveLock(await holder(), { stillForSeconds: still });
    const lock = await take();
    expect(readdirSync(folder)).toEqual(['lock.2']);
    await lock.release();
  });

  it.each([
    { name: 'a run elsewhere that lived a moment ago', holder: { host: 'b', bootId: 'b' }, still: 50 },
    { name: 'this process, however still its heartbeat', holder: {}, still: 10_000 },
    {
      name: 'a container on this machine',
      holder: { pid: 1, pidNamespace: 'pid:[1]', startTime: '1' },
      still: 0,
    },
    {
      name: 'a process with the same host name elsewhere',
      holder: { bootId: 'b', pid: 999_999_999 },
      still: 0,
    },
  ])('respects the lock of $name', async ({ holder, still }) => {
    leaveLock(holder, { stillForSeconds: still });
    await expect(take()).rejects.toMatchObject({ exit: 'held' });
    expect(readdirSync(folder)).toEqual(['lock.1']);
  });

  it.each(['', 'null', '7', '{"pid":'])(
    'waits out the heartbeat of a lock that says nothing: %j',
    async (text) => {
      writeFileSync(join(folder, 'lock.1'), text);
      await expect(take()).rejects.toMatchObject({ exit: 'held' });
      const at = Date.now() / 1_000 - 61;
      utimesSync(join(folder, 'lock.1'), at, at);
      await (await take()).release();
    },
  );

  it('takes over what a kill left in the middle of a takeover', async () => {
    leaveLock({ pid: await deadPid() }, { number: 1 });
    leaveLock({ pid: await deadPid() }, { number: 2 });
    const lock = await take();
    expect(readdirSync(folder)).toEqual(['lock.3']);
    expect(await lock.holder()).toBe('us');
  });

  it('respects a living holder below a lock that a kill left', async () => {
    leaveLock({}, { number: 1 });
    leaveLock({ pid: await deadPid() }, { number: 2 });
    await expect(take()).rejects.toMatchObject({ exit: 'held' });
    await expect(refuseHeldFolder(folder)).rejects.toMatchObject({ exit: 'held' });
    expect(readdirSync(folder).sort()).toEqual(['lock.1', 'lock.2']);
  });

  it('gives way to a silent holder that shows itself while its lock is being taken over', async () => {
    leaveLock({ host: 'b', bootId: 'b' }, { stillForSeconds: 61 });
    const { link } = fsp;
    fsp.link = async (from, to) => {
      await link(from, to);
      utimesSync(join(folder, 'lock.1'), new Date(), new Date());
    };
    syncBuiltinESMExports();
    try {
      await expect(take()).rejects.toMatchObject({ exit: 'held' });
    } finally {
      fsp.link = link;
      syncBuiltinESMExports();
    }
    expect(readdirSync(folder)).toEqual(['lock.1']);
  });

  it.each([
    { name: 'shows itself within the next heartbeat', changes: true },
    { name: 'stays silent', changes: false },
  ])('waits until a silent holder elsewhere must have seen it: one that $name', async ({ changes }) => {
    leaveLock({ host: 'b', bootId: 'b' }, { stillForSeconds: 61 });
    const waits: number[] = [];
    const taken = take(folder, (ms) => {
      waits.push(ms);
      expect(readdirSync(folder).sort()).toEqual(['lock.1', 'lock.2']);
      if (changes) utimesSync(join(folder, 'lock.1'), new Date(), new Date());
    });
    if (changes) await expect(taken).rejects.toMatchObject({ exit: 'held' });
    else expect(await (await taken).holder()).toBe('us');
    expect(waits).toEqual([12_000]);
    expect(readdirSync(folder)).toEqual([changes ? 'lock.1' : 'lock.2']);
  });

  it('gives up waiting where a signal comes, and leaves the folder as it was', async () => {
    leaveLock({ host: 'b', bootId: 'b' }, { stillForSeconds: 61 });
    const controller = new AbortController();
    const taken = take(folder, () => controller.abort(new Error('SIGTERM')), controller);
    await expect(taken).rejects.toThrow('SIGTERM');
    expect(readdirSync(folder)).toEqual(['lock.1']);
  });

  it('waits for nobody where the holder is a dead process of this machine', async () => {
    leaveLock({ pid: await deadPid() });
    const lock = await take(folder, () => expect.fail('it waits'));
    expect(await lock.holder()).toBe('us');
  });

  it('renews its own file only, not the lock of a third run that has its number by now', async () => {
    const asleep = await take();
    rmSync(asleep.path);
    leaveLock({ pid: 1, host: 'third' }, { stillForSeconds: 30 });
    const before = statSync(asleep.path).mtimeMs;
    await asleep.renew();
    expect(readFileSync(asleep.path, 'utf8')).toContain('third');
    expect(statSync(asleep.path).mtimeMs).toBe(before);
    expect(await asleep.holder()).toBe('another');
    await asleep.release();
    expect(readdirSync(folder)).toEqual(['lock.1']);
  });

  it('tells a holder that was taken over from one that was not', async () => {
    const asleep = await take();
    leaveLock({}, { number: 2 });
    expect(await asleep.holder()).toBe('another');
    await asleep.release();
    expect(readdirSync(folder)).toEqual(['lock.2']);
  });

  it('does not give back the lock of a third run that has its number by now', async () => {
    const asleep = await take();
    rmSync(asleep.path);
    leaveLock({ pid: 1, nonce: 'third' } as Partial<ProcessIdentity>);
    expect(await asleep.holder()).toBe('another');
    await asleep.release();
    expect(readdirSync(folder)).toEqual(['lock.1']);
  });

  it('is no longer ours once somebody has removed it', async () => {
    const lock = await take();
    rmSync(lock.path);
    expect(await lock.holder()).toBe('nobody');
    await lock.renew();
    expect(readdirSync(folder)).toEqual([]);
    await lock.release();
  });

  it('names the folder where it cannot be had at all', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(take(join(folder, 'file'))).rejects.toMatchObject({
      exit: 'defect',
      message: expect.stringContaining(`cannot lock the run folder ${join(folder, 'file')}`),
    });
    await expect(take(join(folder, 'none'))).rejects.toMatchObject({ exit: 'defect' });
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('shows that it lives by its file, whose text stays', async () => {
    const lock = await take();
    const text = readFileSync(lock.path, 'utf8');
    utimesSync(lock.path, 1, 1);
    await lock.renew();
    await expect(refuseHeldFolder(folder)).rejects.toMatchObject({ exit: 'held' });
    expect(readFileSync(lock.path, 'utf8')).toBe(text);
    expect(await lock.holder()).toBe('us');
  });
});

describe('refuseHeldFolder', () => {
  it('has nothing against a folder that is free or not there', async () => {
    await refuseHeldFolder(folder);
    await refuseHeldFolder(join(folder, 'none'));
  });
});

describe('startTimeOf', () => {
  it('knows a living process, and that a dead one is none', async () => {
    expect(startTimeOf(process.pid)).toMatch(/^\d+$/);
    expect(startTimeOf(await deadPid())).toBe('');
  });
});
