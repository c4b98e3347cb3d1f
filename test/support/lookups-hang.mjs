// Loaded into a process, it keeps a thread of its pool for ever where it looks up a name that ends in .test, as a name server
// that does not answer keeps it for a minute: by opening a pipe that nobody writes to.
import { execFileSync } from 'node:child_process';
import dns from 'node:dns';
import { mkdtempSync, open } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { lookup } = dns;
let pipe;

dns.lookup = (name, ...others) => {
  if (!name.endsWith('.test')) return lookup(name, ...others);
  if (pipe === undefined) {
    pipe = join(mkdtempSync(join(tmpdir(), 'offboard-lookup-')), 'pipe');
    execFileSync('mkfifo', [pipe]);
  }
  open(pipe, 'r', () => undefined);
};
