/** Signs that it is not the records that are wrong but the key or the address. */

/** So many `forbidden` in a row, over so many workspaces, and nothing else ever: the key is not an admin's. */
const forbiddenInARow = 100;
const forbiddenWorkspaces = 10;

export interface ForbiddenWatch {
  /** A removal was settled. True where the run has to stop: all are forbidden. */
  settled(outcome: string, workspace: number): boolean;
}

/** `workspacesInInput`: fewer than ten are enough where the input has no more. `hasRemovedBefore`: in any session. */
export function createForbiddenWatch(workspacesInInput: number, hasRemovedBefore: boolean): ForbiddenWatch {
  const needed = Math.min(forbiddenWorkspaces, workspacesInInput);
  const workspaces = new Set<number>();
  let inARow = 0;
  let isAdmin = hasRemovedBefore;

  return {
    settled(outcome, workspace) {
      if (outcome !== 'forbidden') {
        isAdmin ||= outcome === 'removed' || outcome === 'not-found';
        // Emptying a set is dear, and hardly ever needed.
        if (inARow > 0) workspaces.clear();
        inARow = 0;
        return false;
      }
      inARow += 1;
      if (workspaces.size < forbiddenWorkspaces) workspaces.add(workspace);
      return !isAdmin && inARow >= forbiddenInARow && workspaces.size >= needed;
    },
  };
}

/** The first answers of a session: where all of them are somebody else's, the base URL is wrong. */
const firstAnswers = 20;

export interface StrangerWatch {
  /** An answer came (lost connections are none). True where the run has to stop. */
  answered(isStranger: boolean): boolean;
}

export function createStrangerWatch(): StrangerWatch {
  let answers = 0;
  let strangers = 0;
  return {
    answered(isStranger) {
      if (answers >= firstAnswers) return false;
      answers += 1;
      if (isStranger) strangers += 1;
      return strangers === firstAnswers;
    },
  };
}
