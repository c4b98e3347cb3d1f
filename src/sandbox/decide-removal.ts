import { apiError, removed } from './answer.ts';
import { type Fault, faultOf, type RemovalRequest } from './fault.ts';
import type { SandboxOptions } from './sandbox-options.ts';

/** What becomes of one DELETE that was let through. */
export interface Course {
  /** Whether the membership goes. */
  readonly removes: boolean;
  /** What the client gets to see of it. */
  readonly shows: Fault['shows'];
}

/** Decides by (seed, workspace, user, nth) and what the sandbox holds, never by the order of arrival. */
export function decideRemoval(options: SandboxOptions, request: RemovalRequest, isMember: boolean): Course {
  const fault = faultOf(options.seed, options.faults, request);
  if (fault !== undefined && !fault.acts) return { removes: false, shows: fault.shows };
  const course = undisturbed(options, request, isMember);
  return fault === undefined ? course : { ...course, shows: fault.shows };
}

function undisturbed(options: SandboxOptions, { workspace }: RemovalRequest, isMember: boolean): Course {
  if (options.forbidden.includes(workspace)) {
    const detail = 'You do not have permission to remove users from this workspace.';
    return { removes: false, shows: apiError(403, 'permission_denied', detail) };
  }
  if (!isMember) return { removes: false, shows: apiError(404, 'not_found', 'Workspace or user not found.') };
  return { removes: true, shows: removed };
}
