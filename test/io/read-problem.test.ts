import { describe, expect, it } from 'vitest';
import { FatalError } from '../../src/exit-code.ts';
import { readProblem } from '../../src/io/read-problem.ts';

describe('readProblem', () => {
  it.each([
    { code: 'ENOENT', because: 'there is no such file' },
    { code: 'ENOTDIR', because: 'there is no such file' },
    { code: 'EISDIR', because: 'it is a directory' },
    { code: 'EACCES', because: 'permission denied' },
    { code: 'EIO', because: 'the system says EIO' },
  ])('says of $code: $because', ({ code, because }) => {
    const problem = readProblem('a\u001b.csv', Object.assign(new Error('x'), { code }));
    expect(problem).toEqual(new FatalError('usage', `Cannot read a\\u001b.csv: ${because}.`));
  });

  it.each([
    new Error('a defect'),
    new FatalError('usage', 'said already'),
    Object.assign(new Error('aborted'), { code: 'ABORT_ERR' }),
    'no error at all',
  ])('passes on what the file system did not say: %s', (error) => {
    expect(readProblem('a.csv', error)).toBe(error);
  });
});
