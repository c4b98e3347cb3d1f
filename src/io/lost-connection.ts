import type { LostBecause, LostConnection } from '../policy/reply.ts';

/** Reads an error of undici or of the system as a lost connection. `wasSent`: the request had been written to a socket. */
export function readLostConnection(error: unknown, wasSent: boolean): LostConnection {
  const code = codeOf(error);
  const proxyAnswer = proxyStatus(error);
  return {
    kind: 'lost',
    because: proxyAnswer?.startsWith('4') === true ? 'proxy' : becauseOf(code, wasSent),
    code: proxyAnswer === undefined ? code : `proxy answered ${proxyAnswer}`,
    mayHaveArrived: wasSent,
  };
}

function becauseOf(code: string, wasSent: boolean): LostBecause {
  const known = byCode.get(code);
  if (known !== undefined) return known;
  if (code.startsWith('HPE_')) return 'not-http';
  if (wasSent) return 'connection-lost';
  if (isCertificate(code)) return 'tls';
  return code === 'EPROTO' || code.startsWith('ERR_SSL_') ? 'not-http' : 'connection-lost';
}

const byCode: ReadonlyMap<string, LostBecause> = new Map([
  ['ECONNREFUSED', 'connection-refused'],
  ['ENOTFOUND', 'host-unknown'],
  ['EAI_AGAIN', 'dns-failure'],
  ['EAI_FAIL', 'dns-failure'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  // Of a proxy that was asked for a tunnel: attempts themselves have no such timer.
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  // The proxy's own certificate names another host.
  ['UND_ERR_PRX_TLS', 'tls'],
  // undici's parser errors have a name, and not always a code.
  ['HTTPParserError', 'not-http'],
]);

/** The verification errors of OpenSSL as Node.js names them (doc/api/tls.md, X509 certificate error codes). */
function isCertificate(code: string): boolean {
  return (
    /^(CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH)/.test(
      code,
    ) || code === 'ERR_TLS_CERT_ALTNAME_INVALID'
  );
}

/** undici tells a proxy's refusal to open a tunnel only in words. */
function proxyStatus(error: unknown): string | undefined {
  return error instanceof Error ? /^Proxy response \((\d{3})\)/.exec(error.message)?.[1] : undefined;
}

/** A host with several addresses fails with an AggregateError of one error each. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  const { code, cause, errors } = error as Error & { code?: unknown; errors?: unknown };
  if (typeof code === 'string' && code !== '') return code;
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return cause instanceof Error ? codeOf(cause) : error.name;
}
