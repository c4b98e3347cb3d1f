/** One HTTP answer of the sandbox. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Any JSON value with status 200. */
export function found(value: unknown): Answer {
  return json(200, value);
}

/** 204, as the API confirms a removal. */
export const removed: Answer = { status: 204, headers: {}, body: '' };

/** The error envelope that all of /api/v3/ shares: https://developers.lighton.ai/api-reference/v3-error-codes. */
export function apiError(status: number, error: string, detail: string): Answer {
  const docUrl = `https://developers.lighton.ai/errors#${error}`;
  return json(status, { id: null, code: status, error, detail, doc_url: docUrl });
}

/** What Django REST framework says to a client that is too fast. */
export function throttled(waitSeconds: number, saysRetryAfter: boolean): Answer {
  const unit = waitSeconds === 1 ? 'second' : 'seconds';
  const answer = json(429, {
    detail: `Request was throttled. Expected available in ${waitSeconds} ${unit}.`,
  });
  if (!saysRetryAfter) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(waitSeconds) } };
}

/** The body of Paradigm's maintenance middleware; it has no `code`, no end and no `Retry-After`. */
export function underMaintenance(startedAt: string): Answer {
  return json(503, {
    error: 'service_maintenance',
    detail: 'System is under maintenance.',
    mode: 'full_shutdown',
    reason: 'The sandbox was asked for it.',
    started_at: startedAt,
    endpoint_category_names: [],
  });
}

/** A page as a web server in front of the API sends it. */
export function page(status: number, title: string): Answer {
  const body = `<!doctype html>\n<html lang="en">\n<head><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

function json(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
