import { timeWords } from '../report/time-words.ts';

/** Why a session stops or worries, each in one sentence that says what to do. */
export const stopMessage = {
  interrupted: (signal: string) => `stopped by ${signal}; the same command goes on`,
  timeLimit: 'the time limit (--max-duration) came first; the same command goes on',
  outage: (host: string, ms: number, failure: string) =>
    `${host} was unreachable for ${timeWords(ms)} (${failure}); run the same command when it is back`,
  unknownHost: (host: string) =>
    `the host name ${host} does not exist; check --base-url and the DNS, then run the same command`,
  longWait: (host: string, ms: number, at: Date) =>
    `${host} asks to wait ${timeWords(ms)}, longer than this run may; run the same command after ${at.toISOString()}`,
  throttled: (host: string, ms: number) =>
    `${host} has answered nothing but "too many requests" for ${timeWords(ms)}; run the same command later, with a lower --rate`,
  unauthorized: (kind: 'file' | 'environment') =>
    kind === 'file'
      ? 'the API refuses the key (401); put a valid one into the key file and run the same command'
      : 'the API refuses the key (401); set PARADIGM_API_KEY to a valid one and run the same command',
  allForbidden:
    "every removal is forbidden: the key is not an administrator's at this level; use one that is (or --scope company), then run the same command",
  strangers: (host: string, answer: string) =>
    `what answers at ${host} is not the Paradigm API (${answer}); check --base-url, a sign-in page or a firewall in between`,
  tls: (host: string, code: string) =>
    code.startsWith('HPE_') || /wrong.version|EPROTO/i.test(code)
      ? `${host} does not speak the protocol of --base-url (${code}); check http: or https: and the port`
      : `the certificate of ${host} is not trusted (${code}); name the CA that signed it in NODE_EXTRA_CA_CERTS`,
  proxy: (host: string, code: string) =>
    `the proxy refuses to connect to ${host} (${code}); check HTTPS_PROXY, its user and password, or add the host to NO_PROXY`,
} as const;

/** The first failure, said at once: who, what, and when the run will stop. */
export function failingMessage(host: string, failure: string, stopsInMs: number, isOutage: boolean): string {
  const end = `stops in ${timeWords(stopsInMs)} unless something gets through`;
  return isOutage
    ? `${host} is unreachable (${failure}); asking with one request at a time, ${end}`
    : `no answer from ${host} (${failure}); trying again, ${end}`;
}
