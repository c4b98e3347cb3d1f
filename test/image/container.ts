import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const podman = fileURLToPath(new URL('podman.sh', import.meta.url));
const image = 'localhost/offboard:test';

export interface ContainerOptions {
  /** The folder on /data. */
  readonly data: string;
  readonly hostname?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Such as `1000:1000`; the image's own otherwise. */
  readonly user?: string;
  /** Such as `256m`. */
  readonly memory?: string;
  /** A file on /dev/termination-log. */
  readonly terminationLog?: string;
  /** In place of offboard. */
  readonly entrypoint?: string;
}

export interface Container {
  readonly ended: Promise<{ readonly exitCode: number; readonly output: string }>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

let started = 0;
const running = new Set<string>();

/** For `afterAll`: those that a failed test has left. */
export function killContainers(): void {
  for (const name of running) execFileSync(podman, ['rm', '--force', name], { stdio: 'ignore' });
}

/** Starts the image as Kubernetes would: nothing may be written but the volume, no capability, no new privileges. */
export function startContainer(words: readonly string[], options: ContainerOptions): Container {
  started += 1;
  const name = `offboard-test-${process.pid}-${started}`;
  const { data, hostname = name, env = {}, user, memory, terminationLog, entrypoint } = options;
  const child = spawn(
    podman,
    [
      ...[
        'run',
        '--rm',
        '--name',
        name,
        '--hostname',
        hostname,
        '--network',
        'host',
        '--volume',
        `${data}:/data`,
      ],
      ...['--read-only', '--cap-drop', 'all', '--security-opt', 'no-new-privileges'],
      ...['--ulimit', 'nofile=8192:8192', '--ulimit', 'nproc=4096:4096'],
      ...Object.entries(env).flatMap(([variable, text]) => ['--env', `${variable}=${text}`]),
      ...(user === undefined ? [] : ['--user', user]),
      ...(memory === undefined ? [] : ['--memory', memory, '--memory-swap', memory]),
      ...(terminationLog === undefined ? [] : ['--volume', `${terminationLog}:/dev/termination-log`]),
      ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
      image,
      ...words,
    ],
    // podman may leave a file where it is.
    { cwd: data, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  running.add(name);
  child.on('close', () => running.delete(name));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return {
    ended: once(child, 'close').then(([exitCode]) => ({ exitCode, output })),
    kill: (signal) => void execFileSync(podman, ['kill', '--signal', signal, name], { stdio: 'ignore' }),
  };
}
