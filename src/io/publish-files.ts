import { join } from 'node:path';
import type { ReportFileSystem } from './report-file-system.ts';
import { namingFile, type StagedFile } from './staged-file.ts';

/**
 * Puts finished files in place. The old `voucher` is taken away before anything is replaced and the new one comes
 * last, each step on the disk before the next: wherever the voucher is, the set is whole. Where a step fails after
 * that, the set is left without one.
 */
export async function publishFiles(
  folder: string,
  files: readonly StagedFile[],
  voucher: StagedFile,
  fileSystem: ReportFileSystem,
): Promise<void> {
  const syncFolder = () => namingFile(folder, () => fileSystem.syncFolder(folder));
  const replace = ({ name, path }: StagedFile) => {
    const target = join(folder, name);
    return namingFile(target, () => fileSystem.rename(path, target));
  };

  await syncFolder();
  const old = join(folder, voucher.name);
  await namingFile(old, () => fileSystem.remove(old));
  await syncFolder();
  for (const file of files) await replace(file);
  await syncFolder();
  await replace(voucher);
  await syncFolder();
}
