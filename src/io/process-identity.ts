import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

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

/** Empty where no such process lives. A zombie has ended: it holds nothing any more. */
export function startTimeOf(pid: number): string {
  const stat = reading(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field is the command in brackets, which may hold anything; state is the first after it, start time the 20th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? '' : (fields[19] ?? '');
}

function reading(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
