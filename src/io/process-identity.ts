import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { kill } from 'node:process';

/** What tells one process from every other one, as far as this system can say it; empty text where it cannot. */
export interface ProcessIdentity {
  readonly host: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly pid: number;
  /** In clock ticks since boot: a process number is used again, this pair is not. */
  readonly startTime: string;
}

export function identifyProcess(pid: number): ProcessIdentity {
  return {
    host: hostname(),
    bootId: reading(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: reading(() => readlinkSync('/proc/self/ns/pid')),
    pid,
    startTime: startTimeOf(pid),
  };
}

/**
 * Whether a process of this host, boot and namespace still runs. 'hidden': some process has its number, but the system does
 * not say which (/proc is mounted with hidepid, or a sandbox hides other accounts' processes).
 */
export function lifeOf({
  pid,
  startTime,
}: Pick<ProcessIdentity, 'pid' | 'startTime'>): 'runs' | 'gone' | 'hidden' {
  const stat = readStat(pid);
  if (stat !== '') return startTimeIn(stat) === startTime ? 'runs' : 'gone';
  return isThere(pid) ? 'hidden' : 'gone';
}

/** Empty where no such process lives, or none that is shown. */
export function startTimeOf(pid: number): string {
  return startTimeIn(readStat(pid));
}

function readStat(pid: number): string {
  return reading(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** Empty for a zombie: it has ended, and holds nothing any more. */
function startTimeIn(stat: string): string {
  // The second field is the command in brackets, which may hold anything; state is the first after it, start time the 20th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? '' : (fields[19] ?? '');
}

/** Signal 0 is sent to nobody; it is refused where the process is somebody else's. */
function isThere(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function reading(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
