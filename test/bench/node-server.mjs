import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { atEnd } from './folder.mjs';

const program = fileURLToPath(new URL('servers/serve.mjs', import.meta.url));

/** A server of servers/answers.mjs in a process of its own; `stats` resolves to what it has seen so far. */
export async function startServer(settings) {
  const child = fork(program, [JSON.stringify(settings)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  atEnd(() => child.kill('SIGKILL'));
  const [{ port }] = await once(child, 'message');
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    stats: async () => (await fetch(`${url}/stats`)).json(),
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Lets `use` have a server of its own; resolves to what that resolves to, with the server's `stats` beside it. */
export async function withServer(settings, use) {
  const server = await startServer(settings);
  try {
    return { ...(await use(server.url)), stats: await server.stats() };
  } finally {
    await server.close();
  }
}
