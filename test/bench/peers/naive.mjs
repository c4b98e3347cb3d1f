// node naive.mjs <base URL> <input> <output> : the script that one would write in ten minutes.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import pLimit from 'p-limit';

const [, , url, input, output] = process.argv;
const records = parse(readFileSync(input), { columns: true, bom: true });
const limit = pLimit(64);
const headers = { authorization: `Bearer ${process.env['KEY']}` };

async function remove({ workspace_id: workspace, user_id: user }) {
  const path = `/api/v3/instance/workspaces/${workspace}/members/users/${user}`;
  const response = await fetch(`${url}${path}`, { method: 'DELETE', headers });
  await response.text();
  return `${workspace},${user},${response.status}\n`;
}

const results = await Promise.all(records.map((record) => limit(remove, record)));
writeFileSync(output, `workspace_id,user_id,status\n${results.join('')}`);
