import { describe, expect, it } from 'vitest';
import { readLostConnection } from '../../src/io/lost-connection.ts';

/** An error as the system or undici throws it. */
function errorWith(
  code: string | undefined,
  rest: { message?: string; name?: string; cause?: unknown } = {},
) {
  const { message = 'failed', name = 'Error', cause } = rest;
  return Object.assign(new Error(message, { cause }), { name, ...(code === undefined ? {} : { code }) });
}

describe('readLostConnection', () => {
  it.each([
    { code: 'ECONNREFUSED', because: 'connection-refused' },
    { code: 'ENOTFOUND', because: 'host-unknown' },
    { code: 'EAI_AGAIN', because: 'dns-failure' },
    { code: 'EAI_FAIL', because: 'dns-failure' },
    { code: 'ETIMEDOUT', because: 'timeout' },
    { code: 'UND_ERR_CONNECT_TIMEOUT', because: 'timeout' },
    { code: 'UND_ERR_HEADERS_TIMEOUT', because: 'timeout' },
    { code: 'EHOSTUNREACH', because: 'connection-lost' },
    { code: 'ENETUNREACH', because: 'connection-lost' },
    { code: 'ECONNRESET', because: 'connection-lost' },
    { code: 'EPROTO', because: 'not-http' },
    { code: 'ERR_SSL_WRONG_VERSION_NUMBER', because: 'not-http' },
    { code: 'UND_ERR_PRX_TLS', because: 'tls' },
    { code: 'CERT_HAS_EXPIRED', because: 'tls' },
    { code: 'CERT_NOT_YET_VALID', because: 'tls' },
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', because: 'tls' },
    { code: 'SELF_SIGNED_CERT_IN_CHAIN', because: 'tls' },
    { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', because: 'tls' },
    { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', because: 'tls' },
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID', because: 'tls' },
    { code: 'HOSTNAME_MISMATCH', because: 'tls' },
  ])('reads $code as $because before anything was sent', ({ code, because }) => {
    expect(readLostConnection(errorWith(code), false)).toEqual({
      kind: 'lost',
      because,
      code,
      mayHaveArrived: false,
    });
  });

  it.each([
    { code: 'ECONNRESET', because: 'connection-lost' },
    { code: 'EPIPE', because: 'connection-lost' },
    { code: 'UND_ERR_SOCKET', because: 'connection-lost' },
    { code: 'ETIMEDOUT', because: 'timeout' },
    { code: 'HPE_INVALID_CONSTANT', because: 'not-http' },
    // The connection was trusted when the request was written: what breaks it now is no certificate.
    { code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', because: 'connection-lost' },
    { code: 'EPROTO', because: 'connection-lost' },
  ])('reads $code as $because after the request was sent', ({ code, because }) => {
    expect(readLostConnection(errorWith(code), true)).toMatchObject({ because, code, mayHaveArrived: true });
  });

  it('knows a parser error of undici’s by its name where it has no code', () => {
    const error = errorWith(undefined, { name: 'HTTPParserError' });
    expect(readLostConnection(error, true)).toMatchObject({ because: 'not-http', code: 'HTTPParserError' });
  });

  it.each([
    { status: 407, because: 'proxy' },
    { status: 403, because: 'proxy' },
    { status: 502, because: 'connection-lost' },
  ])('names the status of a proxy that opens no tunnel: $status is $because', ({ status, because }) => {
    const message = `Proxy response (${status}) !== 200 when HTTP Tunneling`;
    expect(readLostConnection(errorWith('UND_ERR_ABORTED', { message }), false)).toMatchObject({
      because,
      code: `proxy answered ${status}`,
    });
  });

  it('looks into an error of several addresses, and behind one without a code', () => {
    const several = new AggregateError([errorWith('ECONNREFUSED'), errorWith('ENETUNREACH')]);
    expect(readLostConnection(several, false).because).toBe('connection-refused');
    const wrapped = errorWith(undefined, { cause: errorWith('ENOTFOUND') });
    expect(readLostConnection(wrapped, false)).toMatchObject({ because: 'host-unknown', code: 'ENOTFOUND' });
  });

  it.each([
    { thrown: new RangeError('odd'), code: 'RangeError' },
    { thrown: 'a text', code: 'UNKNOWN' },
    { thrown: undefined, code: 'UNKNOWN' },
  ])('says something of whatever was thrown: $code', ({ thrown, code }) => {
    expect(readLostConnection(thrown, true)).toMatchObject({ because: 'connection-lost', code });
  });
});
