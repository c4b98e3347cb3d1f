import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirmRemovals } from '../../src/io/confirm.ts';

function ask(signal = new AbortController().signal) {
  const input = new PassThrough();
  const shown: string[] = [];
  const answer = confirmRemovals({
    input,
    output: { write: (text) => shown.push(text) },
    overview: 'Instance  https://h',
    removals: 1_234,
    signal,
  });
  return { input, answer, shown };
}

describe('confirmRemovals', () => {
  it('shows what is about to happen before it asks', async () => {
    const { input, answer, shown } = ask();
    input.write('1234\n');
    await answer;
    expect(shown.join('')).toBe('Instance  https://h\n\nTo go on, type the number of removals (1,234): ');
  });

  it.each(['1234\n', '1,234\n', ' 1234 \r\n', '1234\nmore\n'])(
    'goes on where %j was typed',
    async (typed) => {
      const { input, answer } = ask();
      input.write(typed);
      expect(await answer).toBe(true);
    },
  );

  it.each(['y\n', 'yes\n', '\n', '1235\n', '01234\n', '1234.0\n', 'y\n1234\n', '1 234\n'])(
    'sends nothing where %j was typed, and gives no second chance',
    async (typed) => {
      const { input, answer } = ask();
      input.write(typed);
      expect(await answer).toBe(false);
    },
  );

  it('takes the end of the input for a no, and goes on below the question', async () => {
    const { input, answer, shown } = ask();
    input.end();
    expect(await answer).toBe(false);
    expect(shown.at(-1)).toBe('\n');
  });

  it('takes a terminal that is gone for a no', async () => {
    const { input, answer } = ask();
    input.destroy(new Error('EIO'));
    expect(await answer).toBe(false);
  });

  it('ends at once when it is interrupted, before or during the question', async () => {
    const interrupt = new AbortController();
    const { answer } = ask(interrupt.signal);
    interrupt.abort();
    expect(await answer).toBe(false);
    expect(await ask(interrupt.signal).answer).toBe(false);
  });

  it('lets go of the input afterwards', async () => {
    const { input, answer } = ask();
    input.write('1234\n');
    await answer;
    expect(input.isPaused()).toBe(true);
  });
});
