// node serve.mjs '{"kind":"slow","afterMs":20}' : a server of answers.mjs on loopback, forked; GET /stats tells what it has seen.
import { createServer } from 'node:http';
import { createAnswers } from './answers.mjs';

const { answer, stats } = createAnswers(JSON.parse(process.argv[2]));
let requests = 0;

function tellStats(response) {
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ requests, ...stats() }));
}

/** In the order they are due: all take equally long. */
const waiting = [];

function replyAt(at, reply) {
  if (waiting.push({ at, reply }) === 1) replyDue();
}

/** A timer alone would be 1 to 2 ms late: its last milliseconds are counted down, which takes a core of its own. */
function replyDue() {
  const now = performance.now();
  while (waiting.length > 0 && waiting[0].at <= now) waiting.shift().reply();
  if (waiting.length === 0) return;
  const leftMs = waiting[0].at - now;
  if (leftMs > 3) setTimeout(replyDue, leftMs - 3);
  else setImmediate(replyDue);
}

const server = createServer((request, response) => {
  request.resume();
  if (request.method === 'GET') {
    tellStats(response);
    return;
  }
  requests += 1;
  const { status, headers, body, afterMs = 0 } = answer(performance.now(), request.url);
  const reply = () => response.writeHead(status, headers).end(body);
  if (afterMs > 0) replyAt(performance.now() + afterMs, reply);
  else reply();
});
server.keepAliveTimeout = 3_600_000;
server.listen(0, '127.0.0.1', 4_096, () => process.send({ port: server.address().port }));
// Its bench is gone, however that ended.
process.on('disconnect', () => process.exit());
