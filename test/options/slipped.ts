/** `name` with one slip of the fingers at a place of it. */
export function slipped(
  name: string,
  at: number,
  letter: string,
  kind: 'insert' | 'delete' | 'replace' | 'swap',
): string {
  const before = name.slice(0, at);
  switch (kind) {
    case 'insert':
      return before + letter + name.slice(at);
    case 'delete':
      return before + name.slice(at + 1);
    case 'replace':
      return before + letter + name.slice(at + 1);
    case 'swap':
      return (
        before +
        name
          .slice(at, at + 2)
          .split('')
          .reverse()
          .join('') +
        name.slice(at + 2)
      );
  }
}
