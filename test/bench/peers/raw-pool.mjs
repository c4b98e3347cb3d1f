// node raw-pool.mjs <origin> <rows> <at once> : the least that a client on undici can do, started cold.
import { Pool } from 'undici';
import { pathAt } from '../pairs.mjs';

const [origin, rows, connections] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const pool = new Pool(origin, { connections, pipelining: 1 });
const headers = { authorization: `Bearer ${process.env['KEY']}`, accept: 'application/json' };
let next = 0;

async function lane() {
  while (next < rows) {
    const path = pathAt(next);
    next += 1;
    const { statusCode, body } = await pool.request({ path, method: 'DELETE', headers });
    await body.dump();
    if (statusCode !== 204) throw new Error(`answered ${statusCode}`);
  }
}

await Promise.all(Array.from({ length: connections }, lane));
await pool.close();
