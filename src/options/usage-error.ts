import { FatalError } from '../exit-code.ts';

/** All that is wrong with how a command was called, in one message that ends with where to read more. */
export function usageError(command: string, problems: readonly string[]): FatalError {
  const [only = ''] = problems;
  const many = [`${problems.length} problems:`, ...problems.map((problem) => `  - ${problem}`)];
  const told = problems.length === 1 ? only : many.join('\n');
  return new FatalError('usage', `${told}\nMore: offboard ${command} --help`);
}
