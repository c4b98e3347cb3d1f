import { FatalError } from '../exit-code.ts';
import type { ProxySettings } from '../io/membership-api.ts';
import type { Environment } from '../options/given-option.ts';
import { hasReadableUser } from '../options/readable-user.ts';

/**
 * The proxies that the environment names, and what of them must not be shown. Throws a FatalError (usage) where one is no
 * proxy's address; the address itself is never shown, it may hold a password.
 */
export function readProxySettings(
  environment: Environment,
): ProxySettings & { readonly secrets: readonly string[] } {
  const http = readProxy(environment, 'http_proxy');
  const https = readProxy(environment, 'https_proxy');
  const [, noProxy = ''] = find(environment, 'no_proxy') ?? [];
  return {
    httpProxy: http?.href ?? '',
    httpsProxy: https?.href ?? '',
    noProxy,
    secrets: [http, https].flatMap((proxy) =>
      proxy === undefined || proxy.password === ''
        ? []
        : [proxy.password, decodeURIComponent(proxy.password)],
    ),
  };
}

function readProxy(environment: Environment, name: string): URL | undefined {
  const [variable, text] = find(environment, name) ?? [name, ''];
  if (text === '') return undefined;
  // As curl and others do: what names no scheme is an http: proxy.
  const url = parseUrl(text.includes('://') ? text : `http://${text}`);
  if (url === undefined) {
    throw new FatalError(
      'usage',
      `${variable} is no address of an HTTP proxy; it looks like http://proxy.example:3128.`,
    );
  }
  return url;
}

function parseUrl(text: string): URL | undefined {
  try {
    const url = new URL(text);
    const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
    // The client decodes them later, and that would be no usage error there.
    return isHttp && hasReadableUser(url) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The lower-case name comes first, as everywhere; also an empty one, which means none. */
function find(environment: Environment, name: string): readonly [string, string] | undefined {
  for (const variable of [name, name.toUpperCase()]) {
    const value = environment[variable];
    if (value !== undefined) return [variable, value.trim()];
  }
  return undefined;
}
