import type { Reply } from '../policy/reply.ts';

/** What a reply said, for people: the API's own words, or the code of a lost connection; empty where it said nothing. */
export function describeReply(reply: Reply): string {
  if (reply.kind === 'lost') return reply.code;
  const { body } = reply;
  if (body.kind !== 'json') return bodyWords[body.kind];
  return [body.error, body.detail].filter((text) => text !== undefined && text !== '').join(': ');
}

/** The same, and never empty. */
export function nameReply(reply: Reply): string {
  const words = describeReply(reply);
  if (reply.kind === 'lost') return words;
  return words === '' ? `HTTP ${reply.status}` : `HTTP ${reply.status}, ${words}`;
}

const bodyWords = {
  empty: '',
  other: 'not an answer of the API',
  'too-long': 'not an answer of the API: over 64 KiB',
  broken: 'the answer broke off',
} as const;
