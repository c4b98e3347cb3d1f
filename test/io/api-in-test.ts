import { afterEach } from 'vitest';
import type { Attempt, MembershipApi, Pair } from '../../src/effects.ts';
import { type ApiSettings, createMembershipApi } from '../../src/io/membership-api.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Closed after the test, the last one first. */
export function closedAfter<T extends { close(): Promise<void> }>(opened: T): T {
  closers.push(() => opened.close());
  return opened;
}

/** No proxy, as where the environment names none. */
export const noProxies = { httpProxy: '', httpsProxy: '', noProxy: '' };

/** Most tests do not ask when a request is written. */
interface ApiInTest extends MembershipApi {
  remove(pair: Pair, apiKey: string, onSent?: () => void): Attempt;
}

/** The adapter for `baseUrl`; it waits long enough for a loaded machine unless the test says otherwise. */
export function apiFor(baseUrl: string, settings: Partial<ApiSettings> = {}): ApiInTest {
  const api = closedAfter(
    createMembershipApi({
      baseUrl,
      scope: 'instance',
      version: '1.2.3',
      concurrency: 4,
      timeoutMs: 20_000,
      proxies: noProxies,
      ...settings,
    }),
  );
  return {
    remove: (pair, apiKey, onSent = () => undefined) => api.remove(pair, apiKey, onSent),
    close: api.close,
  };
}
