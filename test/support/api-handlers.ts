import { delay, HttpResponse, http, type RequestHandler } from 'msw';

/** The endpoint that the job uses, at either admin level and below any path prefix. */
const endpoint = '*/api/v3/:scope/workspaces/:id/members/users/:user_id';

/** 204, but 401 without the key. */
export function removesFor(key: string): RequestHandler {
  return http.delete(endpoint, ({ request }) =>
    request.headers.get('authorization') === `Bearer ${key}`
      ? new HttpResponse(null, { status: 204 })
      : apiError(401, 'authentication_failed'),
  );
}

/** The same API error for every removal, in the v3 envelope. */
export function refusesWith(status: number, error: string): RequestHandler {
  return http.delete(endpoint, () => apiError(status, error));
}

/** 429 as Django REST framework sends it; `retryAfter` is the header as it stands. */
export function throttles(retryAfter?: string): RequestHandler {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return http.delete(endpoint, () =>
    HttpResponse.json({ detail: 'Request was throttled.' }, { status: 429, headers }),
  );
}

/** 503 of the maintenance middleware. */
export function isUnderMaintenance(): RequestHandler {
  return http.delete(endpoint, () =>
    HttpResponse.json(
      { error: 'service_maintenance', detail: 'System is under maintenance.', mode: 'full_shutdown' },
      { status: 503 },
    ),
  );
}

/** A web server's page in place of the API's answer. */
export function showsPage(status: number): RequestHandler {
  return http.delete(endpoint, () => HttpResponse.html('<h1>Not the API</h1>', { status }));
}

/** The connection is reset. */
export function resetsConnection(): RequestHandler {
  return http.delete(endpoint, () => HttpResponse.error());
}

/** No answer, ever. */
export function neverAnswers(): RequestHandler {
  return http.delete(endpoint, async () => {
    await delay('infinite');
    return HttpResponse.error();
  });
}

function apiError(status: number, error: string): Response {
  return HttpResponse.json({ id: null, code: status, error, detail: `${error}.`, doc_url: '' }, { status });
}
