// node --import <this file>: sends the process SIGKILL, or the signal KILL_WITH, at the n-th step of what it does to files
// (KILL_AT_STEP), or says at the end which steps there were (KILL_STEPS_FILE). Each call that opens, reads or changes a file is
// two steps: before it, and after. KILL_THEN follows one step later.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const killAt = Number(process.env['KILL_AT_STEP'] ?? 0);
const signal = process.env['KILL_WITH'] ?? 'SIGKILL';
const secondSignal = process.env['KILL_THEN'];
const stepsFile = process.env['KILL_STEPS_FILE'];
const { writeFileSync } = fs;
const names = [];
let isOver = false;

function step(name) {
  if (isOver) return;
  names.push(name);
  if (names.length === killAt) process.kill(process.pid, signal);
  if (names.length === killAt + 1 && secondSignal !== undefined) process.kill(process.pid, secondSignal);
}

process.on('exit', () => {
  isOver = true;
  if (stepsFile !== undefined) writeFileSync(stepsFile, names.join('\n'));
});

function watch(owner, calls) {
  for (const name of calls) {
    const original = owner[name];
    owner[name] = function watched(...words) {
      step(`before ${name} ${/^[\w./-]+$/.test(words[0]) ? words[0] : ''}`);
      const result = original.apply(this, words);
      if (typeof result?.then === 'function') {
        return result.then((value) => {
          step(`after ${name}`);
          return value;
        });
      }
      step(`after ${name}`);
      return result;
    };
  }
}

const handle = await fs.promises.open(process.execPath);
watch(Object.getPrototypeOf(handle), [
  'read',
  'write',
  'writeFile',
  'appendFile',
  'sync',
  'datasync',
  'truncate',
  'chmod',
]);
await handle.close();
watch(fs.promises, ['open', 'writeFile', 'rename', 'link', 'rm', 'rmdir', 'mkdir', 'copyFile', 'readdir']);
watch(fs, [
  'openSync',
  'writeSync',
  'fsyncSync',
  'fdatasyncSync',
  'renameSync',
  'rmSync',
  'createReadStream',
]);
syncBuiltinESMExports();
