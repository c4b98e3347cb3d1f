import { describe, expect, it } from 'vitest';
import { createKeyRing } from '../../src/execute/key-ring.ts';
import { createFakeClock } from '../support/fake-clock.ts';

/** A ring of a key file whose content is `file.text`; its first key is accepted already. */
function startRing() {
  const clock = createFakeClock();
  const file = { text: 'key-1', reads: 0 };
  const goneAt: number[] = [];
  const ring = createKeyRing({
    source: {
      kind: 'file',
      read() {
        file.reads += 1;
        return Promise.resolve(file.text);
      },
    },
    firstKey: 'key-1',
    isFirstAccepted: true,
    clock,
    onChanged: () => undefined,
    onGone: () => goneAt.push(clock.now()),
  });
  return { clock, file, goneAt, ring };
}

describe('createKeyRing', () => {
  it('gives up 90 s after the refusal, no later', async () => {
    const { clock, goneAt, ring } = startRing();
    expect(ring.refused(1)).toBe('waiting');
    await clock.advance(200_000);
    expect(goneAt).toEqual([90_000]);
  });

  it('takes no key that a slow read brings after it gave up', async () => {
    const clock = createFakeClock();
    let bring: (text: string) => void = () => undefined;
    const read = () =>
      new Promise<string>((resolve) => {
        bring = resolve;
      });
    const ring = createKeyRing({
      source: { kind: 'file', read },
      firstKey: 'key-1',
      isFirstAccepted: true,
      clock,
      onChanged: () => expect.unreachable(),
      onGone: () => undefined,
    });
    ring.refused(1);
    await clock.advance(90_000);
    bring('key-2');
    await clock.advance(1_000);
    expect(ring.current()).toBe('key-1');
  });

  it('takes a key that comes with the last look', async () => {
    const { clock, file, goneAt, ring } = startRing();
    ring.refused(1);
    await clock.advance(87_000);
    file.text = 'key-2';
    await clock.advance(100_000);
    expect(goneAt).toEqual([]);
    expect([ring.current(), ring.version(), ring.waitingUntil()]).toEqual(['key-2', 2, undefined]);
  });

  it('does not take a late answer to the old key for a sign that the new one is good', async () => {
    const { clock, file, ring } = startRing();
    ring.refused(1);
    file.text = 'key-2';
    await clock.advance(2_000);
    ring.accepted(1);
    expect(ring.refused(1)).toBe('late');
    expect(ring.refused(2)).toBe('gone');
  });

  it('waits anew where a new key was accepted and is refused later', async () => {
    const { clock, file, ring } = startRing();
    ring.refused(1);
    file.text = 'key-2';
    await clock.advance(2_000);
    ring.accepted(2);
    expect(ring.refused(2)).toBe('waiting');
    expect(ring.waitingUntil()).toBe(92_000);
  });

  it('reads the file no more once it is closed, and changes no key', async () => {
    const { clock, file, goneAt, ring } = startRing();
    ring.refused(1);
    await clock.advance(4_000);
    ring.close();
    file.text = 'key-2';
    await clock.advance(200_000);
    expect(file.reads).toBe(2);
    expect([ring.current(), goneAt.length, clock.sleepers()]).toEqual(['key-1', 0, 0]);
  });
});
