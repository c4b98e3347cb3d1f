import { parseId } from './parse-id.ts';
import { visibleText } from './visible-text.ts';

export type ProtectList =
  | { readonly kind: 'users'; readonly users: ReadonlySet<number> }
  /** One sentence a problem, with its line. */
  | { readonly kind: 'unreadable'; readonly problems: readonly string[] };

/**
 * User ids that are never removed, one a line; `#` begins a comment anywhere. A line that is no id, or a list without
 * any, is a problem: a protection that silently protects nobody is none.
 */
export function parseProtectList(text: string): ProtectList {
  const users = new Set<number>();
  const problems: string[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const content = line.replace(/#.*/s, '').trim();
    if (content === '') continue;
    const user = parseId(content);
    if (user === undefined) problems.push(`line ${index + 1} is no user id: ${visibleText(content, 60)}`);
    else users.add(user);
  }
  if (problems.length > 0) return { kind: 'unreadable', problems };
  return users.size > 0
    ? { kind: 'users', users }
    : { kind: 'unreadable', problems: ['it names no user id'] };
}
