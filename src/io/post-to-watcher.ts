import type { ProxySettings } from './membership-api.ts';

/** One POST to somebody who watches. */
export interface WatcherPost {
  /** May hold a name and password: they go as basic authentication. */
  readonly address: string;
  readonly contentType: string;
  readonly text: string;
}

/**
 * Rejects where it is not answered with a 2xx. A redirect is no success and is not followed: nothing is told to an address
 * that nobody named.
 */
export async function postToWatcher(
  { address, contentType, text }: WatcherPost,
  { httpProxy, httpsProxy, noProxy }: ProxySettings,
): Promise<void> {
  const { EnvHttpProxyAgent, request } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy,
    httpsProxy: httpsProxy === '' ? httpProxy : httpsProxy,
    noProxy,
  });
  const url = new URL(address);
  try {
    const { statusCode, body } = await request(withoutUser(url), {
      method: 'POST',
      headers: { 'content-type': contentType, ...basicAuthorization(url) },
      body: text,
      dispatcher,
    });
    // Its status says it all, and a body may never end.
    body.on('error', () => undefined);
    if (statusCode < 200 || statusCode >= 300) throw new Error(`it answered ${statusCode}`);
  } finally {
    await dispatcher.destroy();
  }
}

function withoutUser(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

function basicAuthorization({ username, password }: URL): { readonly authorization?: string } {
  if (username === '' && password === '') return {};
  const words = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(words).toString('base64')}` };
}
