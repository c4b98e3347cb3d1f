import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** Where a file is written before it takes its place at `path`: in the same folder, by a name that no two writers get. */
export function pathBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

/** What a file was to become whose name is one of `pathBeside`'s: a killed writer may have left it. */
export function nameToBe(name: string): string | undefined {
  return /^\.(.+)\.[0-9a-f]{12}\.tmp$/.exec(name)?.[1];
}
