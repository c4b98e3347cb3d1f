import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A self-signed certificate for 127.0.0.1 and localhost, with its key; both PEM. */
export interface ThrowAwayCertificate {
  readonly key: string;
  readonly cert: string;
}

/** Made anew by openssl for each caller, so that no private key lies in the repository and none can expire there. */
export function makeThrowAwayCertificate(): ThrowAwayCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'offboard-cert-'));
  try {
    const keyFile = join(folder, 'key.pem');
    const certFile = join(folder, 'cert.pem');
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    const request = ['req', '-x509', '-nodes', '-days', '2', ...curve, ...subject];
    execFileSync('openssl', [...request, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
    return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
