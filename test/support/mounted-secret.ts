import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Puts a key into a folder as Kubernetes mounts a secret: `key` → `..data/key`, and `..data` is swapped for a link to a new
 * folder.
 */
export function mountSecret(volume: string, key: string): void {
  mkdirSync(volume, { recursive: true });
  const isFirst = readdirSync(volume).length === 0;
  const version = `..version-${readdirSync(volume).length}`;
  mkdirSync(join(volume, version));
  writeFileSync(join(volume, version, 'key'), key);
  symlinkSync(version, join(volume, '..data_tmp'));
  renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
  if (isFirst) symlinkSync(join('..data', 'key'), join(volume, 'key'));
}
