// Loaded into a process, it keeps a thread of its pool for ever where it looks up a name that ends in .test, as a name server
// that does not answer keeps it for a minute: by opening a pipe that nobody writes to, in the folder it runs in.
import { execFileSync } from 'node:child_process';
import dns from 'node:dns';
import { open } from 'node:fs';

const { lookup } = dns;
const pipe = 'lookup-pipe';
let isMade = false;

dns.lookup = (name, ...others) => {
  if (!name.endsWith('.test')) return lookup(name, ...others);
  if (!isMade) execFileSync('mkfifo', ['-m', '600', `${pipe}-${process.pid}`]);
  isMade = true;
  open(`${pipe}-${process.pid}`, 'r', () => undefined);
};
