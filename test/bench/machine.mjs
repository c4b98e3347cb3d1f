import { statfsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { describePrograms } from './programs.mjs';

/** Linux's number for a file system in memory. */
const tmpfsType = 0x01021994;

export function describeMachine(server) {
  const model = cpus()[0]?.model.trim() ?? 'an unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  const isInMemory = statfsSync(tmpdir()).type === tmpfsType;
  return [
    `${availableParallelism()} cores (${model}), ${memory} GiB, Linux ${release()}, Node.js ${process.versions.node}`,
    `server: ${server}; programs that are there: ${describePrograms()}`,
    ...(isInMemory ? [`${tmpdir()} is in memory, where a sync costs nothing: TMPDIR=… names a disk`] : []),
  ].join('\n');
}

export function load() {
  return `load average ${loadavg()[0].toFixed(1)}`;
}
