import { describe, expect, it } from 'vitest';
import { parseRoute } from '../../src/sandbox/route.ts';

const removal = '/api/v3/instance/workspaces/7/members/users/42';

describe('parseRoute', () => {
  it.each([
    ['DELETE', removal, { kind: 'remove', workspace: 7, user: 42 }],
    ['DELETE', removal.replace('instance', 'company'), { kind: 'remove', workspace: 7, user: 42 }],
    ['GET', '/api/v3/company/workspaces/7/members', { kind: 'members', workspace: 7 }],
    [
      'GET',
      '/api/v3/instance/workspaces?page=2&page_size=5',
      { kind: 'workspaces', path: '/api/v3/instance/workspaces', page: 2, pageSize: 5 },
    ],
    ['GET', '/api/v3/users/me', { kind: 'me' }],
    ['GET', '/sandbox/state', { kind: 'state' }],
    ['POST', removal, { kind: 'method-not-allowed' }],
    ['DELETE', `${removal}/`, { kind: 'unknown' }],
    ['DELETE', removal.replace('v3', 'v2'), { kind: 'unknown' }],
    ['DELETE', removal.replace('42', '-42'), { kind: 'unknown' }],
    ['DELETE', removal.replace('instance', 'elsewhere'), { kind: 'unknown' }],
    ['GET', '/api/v3/instance/workspaces?page=0', { kind: 'unknown' }],
    ['GET', '//evil/api/v3/users/me', { kind: 'unknown' }],
    ['OPTIONS', '*', { kind: 'unknown' }],
  ])('reads %s %s', (method, target, route) => {
    expect(parseRoute(method, target)).toEqual(route);
  });
});
