import type { RunCreated } from './journal-event.ts';

/** What a run folder belongs to, for ever. */
export interface RunIdentity {
  readonly sha256: string;
  readonly baseUrl: string;
  readonly scope: 'instance' | 'company';
  /** `i/n`, or null for the whole file. */
  readonly shard: string | null;
  /** The headers taken for the two roles: the same file read by other columns is another input. */
  readonly columns: { readonly workspace: string; readonly user: string };
}

export function identityOf({ input, target, shard }: RunCreated): RunIdentity {
  return {
    sha256: input.sha256,
    baseUrl: target.baseUrl,
    scope: target.scope,
    shard,
    columns: input.columns,
  };
}

/** What tells the two apart, both sides named; undefined where they are the same. */
export function describeMismatch(folder: RunIdentity, asked: RunIdentity): string | undefined {
  const rows: readonly (readonly [string, string, string])[] = [
    ['input (SHA-256)', shortened(folder.sha256), shortened(asked.sha256)],
    ['base URL', folder.baseUrl, asked.baseUrl],
    ['scope', folder.scope, asked.scope],
    ['shard', folder.shard ?? 'none', asked.shard ?? 'none'],
    ['workspace column', folder.columns.workspace, asked.columns.workspace],
    ['user column', folder.columns.user, asked.columns.user],
  ];
  const different = rows.filter(([, inFolder, inQuestion]) => inFolder !== inQuestion);
  if (different.length === 0) return undefined;
  return different
    .map(([name, inFolder, inQuestion]) => `${name} ${inFolder} there, ${inQuestion} here`)
    .join('; ');
}

function shortened(sha256: string): string {
  return `${sha256.slice(0, 12)}…`;
}
