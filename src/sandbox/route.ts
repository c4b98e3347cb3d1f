import type { Pair } from '../effects.ts';

/** What a request asks of the sandbox. */
export type Route =
  | ({ readonly kind: 'remove' } & Pair)
  | { readonly kind: 'members'; readonly workspace: number }
  | { readonly kind: 'workspaces'; readonly path: string; readonly page: number; readonly pageSize: number }
  | { readonly kind: 'me' }
  | { readonly kind: 'state' }
  | { readonly kind: 'method-not-allowed' }
  | { readonly kind: 'unknown' };

const patterns: readonly (readonly [method: string, path: RegExp, read: (match: Match) => Route])[] = [
  [
    'DELETE',
    /^\/api\/v3\/(?:instance|company)\/workspaces\/(\d{1,16})\/members\/users\/(\d{1,16})$/,
    ({ ids }) => ({ kind: 'remove', workspace: ids[0] ?? 0, user: ids[1] ?? 0 }),
  ],
  [
    'GET',
    /^\/api\/v3\/(?:instance|company)\/workspaces\/(\d{1,16})\/members$/,
    ({ ids }) => ({ kind: 'members', workspace: ids[0] ?? 0 }),
  ],
  ['GET', /^\/api\/v3\/(?:instance|company)\/workspaces$/, readPaging],
  ['GET', /^\/api\/v3\/users\/me$/, () => ({ kind: 'me' })],
  ['GET', /^\/sandbox\/state$/, () => ({ kind: 'state' })],
];

interface Match {
  readonly url: URL;
  readonly ids: readonly number[];
}

/** Reads method and request target. A trailing slash makes an unknown path, as it does with Django. */
export function parseRoute(method: string, target: string): Route {
  // A request line may hold anything; only what begins with one slash is a path of ours.
  if (!target.startsWith('/') || target.startsWith('//')) return { kind: 'unknown' };
  const url = new URL(target, 'http://sandbox');
  for (const [allowed, path, read] of patterns) {
    const match = path.exec(url.pathname);
    if (match === null) continue;
    if (method !== allowed) return { kind: 'method-not-allowed' };
    return read({ url, ids: match.slice(1).map(Number) });
  }
  return { kind: 'unknown' };
}

/** Django REST framework's page-number paging: 20 a page unless told, 100 at most. */
function readPaging({ url }: Match): Route {
  const page = Number(url.searchParams.get('page') ?? 1);
  const pageSize = Number(url.searchParams.get('page_size') ?? 20);
  if (!isPositive(page) || !isPositive(pageSize)) return { kind: 'unknown' };
  return { kind: 'workspaces', path: url.pathname, page, pageSize: Math.min(100, pageSize) };
}

function isPositive(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
