import type { Quota } from '../policy/stated-limit.ts';
import { timeWords } from '../report/time-words.ts';

/** Why a session stops, each in one sentence; what to do about it is said with the report (report/advice.ts). */
export const stopMessage = {
  interrupted: (signal: string) => `Stopped by ${signal}.`,
  timeLimit: 'The time limit (--max-duration) came before the end.',
  outage: (host: string, ms: number, failure: string) =>
    `${host} was unreachable for ${timeWords(ms)} (${failure}).`,
  unknownHost: (host: string) => `The host name ${host} does not exist: check --base-url and the DNS.`,
  longWait: (host: string, ms: number, at: Date) =>
    `${host} asks to wait ${timeWords(ms)}, longer than this run may: run again after ${at.toISOString()}.`,
  throttled: (host: string, ms: number) =>
    `${host} has answered nothing but "too many requests" for ${timeWords(ms)}.`,
  unauthorized: (kind: 'file' | 'environment') =>
    kind === 'file'
      ? 'The API refuses the key in the key file (401).'
      : 'The API refuses the key in PARADIGM_API_KEY (401).',
  allForbidden: 'Every removal is forbidden (403), over all workspaces.',
  strangers: (host: string, answer: string) => `What answers at ${host} is not the Paradigm API (${answer}).`,
  tls: (host: string, code: string) =>
    isCertificate(code)
      ? `The certificate of ${host} is not trusted (${code}).`
      : `${host} does not speak the protocol of --base-url (${code}): check http: or https:, and the port.`,
  proxy: (host: string, code: string) => `The proxy refuses to connect to ${host} (${code}).`,
} as const;

/** Anything else that ends a handshake comes from two sides that do not speak the same protocol. */
function isCertificate(code: string): boolean {
  return !/^HPE_|^HTTPParserError$|^EPROTO$|^ERR_SSL_/.test(code);
}

/** The first failure, said at once: who, what, and when the run will stop. */
export function failingMessage(host: string, failure: string, stopsInMs: number, isOutage: boolean): string {
  const end = `the run stops in ${timeWords(stopsInMs)} unless something gets through`;
  return isOutage
    ? `${host} is unreachable (${failure}): asking with one request at a time; ${end}`
    : `a request to ${host} failed (${failure}) and is tried again; ${end}`;
}

export function statedMessage(host: string, { requests, windowMs }: Quota): string {
  return `${host} states a limit of ${requests} requests in ${timeWords(windowMs)}: the run keeps to it`;
}
