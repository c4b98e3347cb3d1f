// Loaded into a process, it leaves no file descriptor for a process that it starts; and where one that never came to be is killed
// all the same, which may hit any other, that is not done but noted in `killed-nobody`, in the folder it runs in.
import { ChildProcess } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';

const { spawn, kill } = ChildProcess.prototype;

ChildProcess.prototype.spawn = function (...words) {
  const taken = [];
  try {
    for (;;) taken.push(openSync('/dev/null'));
  } catch {
    return spawn.apply(this, words);
  } finally {
    for (const descriptor of taken) closeSync(descriptor);
  }
};

ChildProcess.prototype.kill = function (...words) {
  if (this.pid !== undefined) return kill.apply(this, words);
  writeFileSync('killed-nobody', '');
  return false;
};
