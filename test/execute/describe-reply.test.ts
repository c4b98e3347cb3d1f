import { describe, expect, it } from 'vitest';
import { describeReply, nameReply } from '../../src/execute/describe-reply.ts';
import type { Reply, ReplyBody } from '../../src/policy/reply.ts';
import { lost } from '../support/replies.ts';

function answer(body: ReplyBody): Reply {
  return { kind: 'response', status: 409, headers: {}, body };
}

describe('describeReply', () => {
  it.each([
    [lost('timeout', true, 'TIMEOUT'), 'TIMEOUT', 'TIMEOUT'],
    [answer({ kind: 'empty' }), '', 'HTTP 409'],
    [answer({ kind: 'other' }), 'not an answer of the API', 'HTTP 409, not an answer of the API'],
    [
      answer({ kind: 'too-long' }),
      'not an answer of the API: over 64 KiB',
      'HTTP 409, not an answer of the API: over 64 KiB',
    ],
    [answer({ kind: 'broken' }), 'the answer broke off', 'HTTP 409, the answer broke off'],
    [answer({ kind: 'json', hasError: false }), '', 'HTTP 409'],
    [answer({ kind: 'json', hasError: true, error: 'conflict' }), 'conflict', 'HTTP 409, conflict'],
    [
      answer({ kind: 'json', hasError: true, error: 'conflict', detail: 'Last owner.' }),
      'conflict: Last owner.',
      'HTTP 409, conflict: Last owner.',
    ],
    [
      answer({ kind: 'json', hasError: true, error: '', detail: 'Last owner.' }),
      'Last owner.',
      'HTTP 409, Last owner.',
    ],
  ])('%j', (reply, words, name) => {
    expect(describeReply(reply)).toBe(words);
    expect(nameReply(reply)).toBe(name);
  });
});
