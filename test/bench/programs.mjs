import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Each program that the bench uses where it is there: the Debian package that brings it, and how it tells its version. */
const programs = {
  nginx: { package: 'nginx-light', version: ['-v'] },
  wrk: { package: 'wrk', version: ['-v'], exitCode: 1 },
  curl: { package: 'curl', version: ['--version'] },
  parallel: { package: 'parallel', version: ['--version'] },
  xargs: { package: 'findutils', version: ['--version'] },
};

const aiohttpPackage = 'python3-aiohttp';

/** The path of a program, or undefined where it is not there. */
export function findProgram(name) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/** A Python that has aiohttp: Debian's, or the one on the PATH. */
export function findPythonWithAiohttp() {
  const pythons = ['/usr/bin/python3', findProgram('python3')];
  return pythons.find((path) => path !== undefined && says(path, ['-c', 'import aiohttp']) !== undefined);
}

/** The programs that are there, with their versions. */
export function describePrograms() {
  const there = Object.keys(programs).filter((name) => findProgram(name) !== undefined);
  const python = findPythonWithAiohttp();
  const aiohttp = python && says(python, ['-c', 'import aiohttp; print(aiohttp.__version__)']).trim();
  const said = there.map((name) => `${name} ${versionOf(name)}`);
  return [...said, ...(aiohttp === undefined ? [] : [`aiohttp ${aiohttp}`])].join(', ');
}

function versionOf(name) {
  const { version, exitCode = 0 } = programs[name];
  const said = says(findProgram(name), version, exitCode) ?? '';
  return /\d+(\.\d+)+|\d{6,}/.exec(said)?.[0] ?? 'of unknown version';
}

/**
 * As root, with apt-get: what is missing and only that. The run level keeps Debian's scripts from starting nginx as a
 * service; where systemd starts services, it does so all the same.
 */
export function installPrograms() {
  const missing = Object.keys(programs).filter((name) => findProgram(name) === undefined);
  const packages = missing.map((name) => programs[name].package);
  if (findPythonWithAiohttp() === undefined) packages.push(aiohttpPackage);
  if (packages.length === 0) return;
  if (process.getuid() !== 0) throw new Error(`only root may install ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  for (const words of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const { status } = spawnSync('apt-get', ['-qq', ...words], { env, stdio: 'inherit' });
    if (status !== 0) throw new Error(`apt-get ${words.join(' ')} ended with ${status}`);
  }
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function says(program, words, exitCode = 0) {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  return status === exitCode ? `${stdout}${stderr}` : undefined;
}
