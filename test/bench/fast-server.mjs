import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from './node-server.mjs';
import { findProgram } from './programs.mjs';
import { start } from './spawned.mjs';

/**
 * A server that answers 204 at once: nginx where it is there, else a small one in Node, which is the slower of the two and
 * may be what is measured. `requests` resolves to how many DELETEs it has answered.
 */
export async function startFastServer(folder, say) {
  const nginx = findProgram('nginx');
  if (nginx !== undefined) {
    const server = await startNginx(nginx, join(folder, 'nginx'));
    if (server !== undefined) return server;
  }
  const why = nginx === undefined ? 'nginx is not there' : 'nginx did not start';
  say(`${why}: a server in Node stood in, which is slower than some of the clients it is asked by.`);
  const { url, stats } = await startServer({ kind: 'at-once' });
  return { name: 'a server in Node', url, requests: async () => (await stats()).requests };
}

async function startNginx(nginx, folder) {
  mkdirSync(folder);
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port));
  const child = start([nginx, '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'errors')], {
    cwd: folder,
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  let asked = 0;
  // stub_status counts the request that asks it, too.
  const requests = async () => {
    const text = await (await fetch(`${url}/stats`)).text();
    asked += 1;
    return Number(/ \d+ \d+ (\d+)/.exec(text)[1]) - asked;
  };
  while (child.exitCode === null) {
    try {
      await requests();
      return { name: 'nginx, one worker', url, requests };
    } catch {
      await sleep(20);
    }
  }
  return undefined;
}

const configuration = (folder, port) => `
daemon off;
master_process off;
worker_processes 1;
pid ${folder}/pid;
error_log ${folder}/errors crit;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 3600s;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { return 204; }
    location = /stats { stub_status; }
  }
}
`;

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
