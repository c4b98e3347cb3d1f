import { type Answer, apiError, found, page } from './answer.ts';
import type { Memberships } from './memberships.ts';
import type { Route } from './route.ts';

/** Every route that changes nothing; `origin` begins the paging links. */
export function answerRead(
  route: Exclude<Route, { kind: 'remove' | 'state' }>,
  memberships: Memberships,
  origin: string,
): Answer {
  switch (route.kind) {
    case 'members': {
      const users = memberships.membersOf(route.workspace);
      if (users === undefined) return apiError(404, 'not_found', 'Workspace not found.');
      return found({ users: users.map(member), groups: [] });
    }
    case 'workspaces':
      return listWorkspaces(route, memberships.workspaces(), origin);
    case 'me':
      return found({
        profile: { id: 1, username: 'admin', full_name: 'Sandbox Admin', email: 'admin@sandbox.example' },
        company: { id: 1, name: 'Sandbox' },
        permissions: { is_admin: true, can_manage_documents: true, can_manage_api_keys: true },
        settings: {},
        compliance: {},
      });
    case 'method-not-allowed':
      return apiError(405, 'method_not_allowed', 'Method not allowed.');
    case 'unknown':
      return page(404, 'Not Found');
  }
}

function listWorkspaces(
  { path, page: number, pageSize }: Extract<Route, { kind: 'workspaces' }>,
  ids: readonly number[],
  origin: string,
): Answer {
  const first = (number - 1) * pageSize;
  if (first > 0 && first >= ids.length) return apiError(404, 'not_found', 'Invalid page.');
  const link = (to: number) => `${origin}${path}?page=${to}&page_size=${pageSize}`;
  return found({
    count: ids.length,
    next: first + pageSize < ids.length ? link(number + 1) : null,
    previous: number > 1 ? link(number - 1) : null,
    results: ids.slice(first, first + pageSize).map((id) => ({
      id,
      name: `Workspace ${id}`,
      workspace_type: 'custom',
      document_upload_method: 'manual',
      description: '',
    })),
  });
}

/** The lowest id of a workspace counts as its owner, so that a list shows both roles. */
function member(id: number, index: number): { id: number; email: string; role: string } {
  return { id, email: `user-${id}@sandbox.example`, role: index === 0 ? 'owner' : 'viewer' };
}
