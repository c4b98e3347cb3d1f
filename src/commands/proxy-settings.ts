import type { ProxySettings } from '../io/membership-api.ts';
import type { Environment } from '../options/given-option.ts';

/** The proxies that the environment names, and what of them must not be shown. */
export function readProxySettings(
  environment: Environment,
): ProxySettings & { readonly secrets: readonly string[] } {
  const either = (name: string) => environment[name.toLowerCase()] ?? environment[name.toUpperCase()] ?? '';
  const httpProxy = either('http_proxy');
  const httpsProxy = either('https_proxy');
  return {
    httpProxy,
    httpsProxy,
    noProxy: either('no_proxy'),
    secrets: [httpProxy, httpsProxy].flatMap(passwordsOf),
  };
}

function passwordsOf(proxy: string): readonly string[] {
  try {
    const { password } = new URL(proxy);
    return password === '' ? [] : [password, decodeURIComponent(password)];
  } catch {
    return [];
  }
}
