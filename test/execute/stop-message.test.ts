import { expect, it } from 'vitest';
import { stopMessage } from '../../src/execute/stop-message.ts';

it.each([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UND_ERR_PRX_TLS',
])('names the certificate where it is at fault: %s', (code) => {
  expect(stopMessage.tls('host', code)).toBe(`The certificate of host is not trusted (${code}).`);
});

it.each(['HPE_INVALID_CONSTANT', 'HTTPParserError', 'EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER'])(
  'points at the base URL where something else than HTTP answers: %s',
  (code) => {
    expect(stopMessage.tls('host', code)).toContain(`does not speak the protocol of --base-url (${code})`);
  },
);
