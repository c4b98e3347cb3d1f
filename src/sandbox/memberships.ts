import type { Pair } from '../effects.ts';

/** Who belongs to which workspace. A workspace stays when its last member has gone. */
export interface Memberships {
  /** Workspace ids, ascending. */
  workspaces(): readonly number[];
  /** User ids, ascending; undefined where there is no such workspace. */
  membersOf(workspace: number): readonly number[] | undefined;
  has(pair: Pair): boolean;
  /** Whether there was such a membership. */
  remove(pair: Pair): boolean;
  /** Everything that is left, by workspace and user. */
  all(): readonly Pair[];
}

export function createMemberships(pairs: Iterable<Pair>): Memberships {
  const users = new Map<number, Set<number>>();
  for (const { workspace, user } of pairs) {
    const members = users.get(workspace);
    if (members === undefined) users.set(workspace, new Set([user]));
    else members.add(user);
  }

  const membersOf = (workspace: number) => {
    const members = users.get(workspace);
    return members && [...members].sort(ascending);
  };
  const workspaces = () => [...users.keys()].sort(ascending);

  return {
    workspaces,
    membersOf,
    has: ({ workspace, user }) => users.get(workspace)?.has(user) ?? false,
    remove: ({ workspace, user }) => users.get(workspace)?.delete(user) ?? false,
    all: () =>
      workspaces().flatMap((workspace) => (membersOf(workspace) ?? []).map((user) => ({ workspace, user }))),
  };
}

/** `workspaces` × `users` memberships: workspaces from 1, users from 1001, so that swapped columns show. */
export function* madeUpMemberships(workspaces: number, users: number): Generator<Pair> {
  for (let workspace = 1; workspace <= workspaces; workspace += 1) {
    for (let user = 1001; user <= 1000 + users; user += 1) yield { workspace, user };
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
