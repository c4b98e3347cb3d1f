import type { ReplyBody } from './reply.ts';

/** How much of a body is read, in bytes; the rest of a longer one is dropped. */
export const bodyLimitBytes = 65_536;

/** A body that arrived whole: empty, the API's (a JSON object or list), or somebody else's. */
export function readBody(text: string): ReplyBody {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  const value = parseJson(trimmed);
  if (value === undefined) return { kind: 'other' };
  const error = asText(value['error']);
  const detail = asText(value['detail']);
  return {
    kind: 'json',
    hasError: value['error'] !== undefined && value['error'] !== null,
    ...(error === undefined ? {} : { error }),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** A JSON text such as `404` or `"ok"` is what a plain-text page looks like, so only objects and lists count. */
function parseJson(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Older installs answer Django's lists and objects where v3 has a sentence. */
function asText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
