import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const workspaces = 200;
const firstUser = 1_000_000;
const linesAtOnce = 20_000;

const pairAt = (index) => ({ workspace: 1 + (index % workspaces), user: firstUser + index });

/** The path of the removal in the data row `index`, counted from 0. */
export function pathAt(index) {
  const { workspace, user } = pairAt(index);
  return `/api/v3/instance/workspaces/${workspace}/members/users/${user}`;
}

/** A list of so many different pairs, made once. */
export function pairsFile({ folder }, rows) {
  const lineAt = (index) => {
    const { workspace, user } = pairAt(index);
    return `${workspace},${user},Person ${index}\n`;
  };
  return writeLines(join(folder, `pairs-${rows}.csv`), 'workspace_id,user_id,name\n', rows, lineAt);
}

/** The same removals as URLs, one a line; with `before` and `after` around each. */
export function urlsFile({ folder, fast }, rows, { name, before = '', after = '' }) {
  const lineAt = (index) => `${before}${fast.url}${pathAt(index)}${after}\n`;
  return writeLines(join(folder, `urls-${name}-${rows}`), '', rows, lineAt);
}

function writeLines(path, head, count, lineAt) {
  if (existsSync(path)) return path;
  const file = openSync(path, 'w');
  writeSync(file, head);
  for (let from = 0; from < count; from += linesAtOnce) {
    const length = Math.min(linesAtOnce, count - from);
    writeSync(file, Array.from({ length }, (_, index) => lineAt(from + index)).join(''));
  }
  closeSync(file);
  return path;
}
