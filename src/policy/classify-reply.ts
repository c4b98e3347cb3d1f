import type { SettledOutcome } from '../plan/outcome.ts';
import type { LostConnection, Reply, ReplyBody, Response } from './reply.ts';

/** What an attempt's reply means for its removal, and what it says about the instance. */
export interface Verdict {
  /**
   * settled: this removal has its outcome. transient: this one may work later. throttled: everybody waits.
   * unauthorized: the key is refused. stop: nothing will work until a person mends something.
   */
  readonly kind: 'settled' | 'transient' | 'throttled' | 'unauthorized' | 'stop';
  /** Only where settled. */
  readonly outcome?: SettledOutcome;
  readonly reason: string;
  /** A lost reply: the API may have done the removal although this answer does not say so. */
  readonly isLost: boolean;
  /** The API said that the removal is not done: an earlier lost reply did not do it either. */
  readonly contradictsLost: boolean;
  readonly health: Health;
}

/**
 * What a reply says about the instance. through: it works. down: a transport failure or a 5xx.
 * record-down: a 500 with the API's own JSON, which may be this record's fault alone.
 * unrecognised: something else than the API answers. limited: throttled.
 */
export type Health = 'through' | 'down' | 'record-down' | 'unrecognised' | 'limited';

/** What has to be known beside the reply itself. */
export interface Circumstances {
  /** An earlier attempt of ours, in this run or in the one resumed, may have done the removal. */
  readonly hadLostReply: boolean;
  /** An answer of the API's has been seen in this session, so that the base URL is surely right. */
  readonly apiSeen: boolean;
}

/** Row by row what each answer means. Every reply gives exactly one verdict. */
export function classifyReply(reply: Reply, circumstances: Circumstances): Verdict {
  return reply.kind === 'lost'
    ? classifyLost(reply, circumstances.apiSeen)
    : classifyResponse(reply, circumstances.hadLostReply);
}

function classifyResponse(response: Response, hadLostReply: boolean): Verdict {
  const { status, body } = response;
  const always = byStatus.get(status);
  if (always !== undefined) return always;
  if (status === 200) return classifyOk(body);
  if (status === 403) return classifyForbidden(response);
  if (status === 404 || status === 410) return classifyAbsent(status, body, hadLostReply);
  if (status > 200 && status < 300) return unrecognised(status, true);
  if (status >= 500 && status < 600) return classifyServerError(status, body);
  return settled('failed', `http-${status}`);
}

function classifyOk(body: ReplyBody): Verdict {
  if (body.kind === 'empty' || (body.kind === 'json' && !body.hasError)) return settled('removed', 'deleted');
  return body.kind === 'broken' ? brokenBody : unrecognised(200, true);
}

function classifyAbsent(status: number, body: ReplyBody, hadLostReply: boolean): Verdict {
  if (body.kind === 'broken') return brokenBody;
  if (body.kind !== 'empty' && body.kind !== 'json') return unrecognised(status, false);
  return settled('not-found', hadLostReply ? 'absent-after-lost-reply' : 'absent');
}

function classifyForbidden({ headers, body }: Response): Verdict {
  const isUsedUp = headers.rateLimitRemaining?.trim() === '0' && headers.rateLimitReset !== undefined;
  if (headers.retryAfter !== undefined || isUsedUp) {
    return throttled;
  }
  if (body.kind === 'broken') return brokenBody;
  if (body.kind !== 'empty' && body.kind !== 'json') return unrecognised(403, false);
  return { ...settled('forbidden', 'insufficient-rights'), contradictsLost: true };
}

function classifyServerError(status: number, body: ReplyBody): Verdict {
  return {
    ...base,
    kind: 'transient',
    reason: `http-${status}`,
    isLost: !(status === 503 && isApis(body)),
    health: status === 500 && isApis(body) ? 'record-down' : 'down',
  };
}

function classifyLost({ because, mayHaveArrived }: LostConnection, apiSeen: boolean): Verdict {
  const lost: Verdict = {
    ...base,
    kind: 'transient',
    reason: because,
    isLost: mayHaveArrived,
    health: 'down',
  };
  if (because === 'proxy') return { ...lost, kind: 'stop' };
  if (because === 'tls') return { ...lost, kind: 'stop' };
  // A base URL that has spoken HTTP is not wrong: something on the way spoiled this one answer.
  if (because === 'not-http' && !apiSeen) return { ...lost, kind: 'stop', reason: 'tls' };
  return lost;
}

/** `error` and `detail` are in every answer of the API's (v3 envelope) and of Django REST framework's (`detail`). */
function isApis(body: ReplyBody): boolean {
  return body.kind === 'json' && (body.error !== undefined || body.detail !== undefined);
}

function settled(outcome: SettledOutcome, reason: string): Verdict {
  return { ...base, kind: 'settled', outcome, reason };
}

function unrecognised(status: number, isLost: boolean): Verdict {
  return { ...base, kind: 'transient', reason: `unrecognised-${status}`, isLost, health: 'unrecognised' };
}

const base = { reason: '', isLost: false, contradictsLost: false, health: 'through' } as const;

const brokenBody: Verdict = {
  ...base,
  kind: 'transient',
  reason: 'connection-lost',
  isLost: true,
  health: 'down',
};

const throttled: Verdict = { ...base, kind: 'throttled', reason: 'throttled', health: 'limited' };

/** The statuses that mean one thing, whatever the body says. */
const byStatus: ReadonlyMap<number, Verdict> = new Map([
  [204, settled('removed', 'deleted')],
  [401, { ...base, kind: 'unauthorized', reason: 'unauthorized' }],
  [407, { ...base, kind: 'stop', reason: 'proxy' }],
  [429, throttled],
  [408, { ...base, kind: 'transient', reason: 'http-408' }],
  [425, { ...base, kind: 'transient', reason: 'http-425' }],
  [501, { ...settled('failed', 'http-501'), isLost: true }],
  [505, { ...settled('failed', 'http-505'), isLost: true }],
  ...[301, 302, 303, 307, 308].map((status) => [status, settled('failed', 'redirect')] as const),
]);
