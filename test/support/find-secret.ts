import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './folder-state.ts';

/** Where a secret stands, in plain or in a disguise that gives it away: `run/journal.ndjson (base64)`. */
export function findSecret(
  secret: string,
  folder: string,
  texts: Readonly<Record<string, string>>,
): string[] {
  const files = filesBelow(folder).map((path) => [path, readFileSync(join(folder, path))] as const);
  const all = [...files, ...Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)] as const)];
  return all.flatMap(([place, bytes]) =>
    Object.entries(disguises(secret))
      .filter(([, text]) => bytes.includes(text))
      .map(([disguise]) => `${place} (${disguise})`),
  );
}

function disguises(secret: string): Record<string, string | Buffer> {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return {
    plain: secret,
    'percent-encoded': encodeURIComponent(secret),
    JSON: JSON.stringify(secret).slice(1, -1),
    HTML: secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    // The last character depends on what follows.
    base64: base64.slice(0, -1),
    hexadecimal: Buffer.from(secret).toString('hex'),
    'UTF-16': Buffer.from(secret, 'utf16le'),
    // What a message may quote of it is more than a fingerprint.
    'first half': secret.slice(0, Math.ceil(secret.length / 2)),
    'second half': secret.slice(Math.floor(secret.length / 2)),
  };
}
