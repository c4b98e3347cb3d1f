import type { Sandbox } from './start-sandbox.ts';

/** What `offboard sandbox` prints: where it is, its key, and commands that can be copied as they stand. */
export function renderGreeting(sandbox: Sandbox, members: string | undefined): string {
  const { memberships } = sandbox.state();
  const workspaces = new Set(memberships.map(({ workspace }) => workspace)).size;
  const input = members === undefined ? 'rehearsal.csv' : quote(members);
  const first = memberships[0] ?? { workspace: 1, user: 1001 };
  // Under -C a shell writes over no file.
  const makeInput = `(set -C; printf 'workspace_id,user_id\\n${first.workspace},${first.user}\\n' > ${input})`;
  return [
    'A Paradigm look-alike is served. Nothing leaves this machine.',
    '',
    `  address  ${sandbox.url}`,
    `  key      ${sandbox.key}`,
    `  holds    ${memberships.length} memberships in ${workspaces} workspaces`,
    `  state    ${sandbox.url}/sandbox/state`,
    '',
    'To rehearse, in another terminal:',
    '',
    ...(members === undefined ? [`  ${makeInput}`] : []),
    `  export PARADIGM_API_KEY=${quote(sandbox.key)} PARADIGM_BASE_URL=${sandbox.url}`,
    `  offboard plan ${input}`,
    `  offboard run ${input}`,
    `  curl -s ${sandbox.url}/sandbox/state`,
    '',
    'Ctrl-C ends it; what it holds is forgotten.',
    '',
  ].join('\n');
}

/** A word as a POSIX shell reads it back. */
function quote(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
