import { expect, it } from 'vitest';
import { readProxySettings } from '../../src/commands/proxy-settings.ts';
import { FatalError } from '../../src/exit-code.ts';

it('names no proxy where the environment names none', () => {
  expect(readProxySettings({})).toEqual({ httpProxy: '', httpsProxy: '', noProxy: '', secrets: [] });
});

it.each([
  { environment: { HTTP_PROXY: 'http://up:1' }, httpProxy: 'http://up:1/' },
  { environment: { http_proxy: 'http://low:1', HTTP_PROXY: 'http://up:1' }, httpProxy: 'http://low:1/' },
  { environment: { http_proxy: '', HTTP_PROXY: 'http://up:1' }, httpProxy: '' },
  { environment: { HTTP_PROXY: ' http://up:1 ' }, httpProxy: 'http://up:1/' },
  { environment: { HTTP_PROXY: 'proxy.example:3128' }, httpProxy: 'http://proxy.example:3128/' },
  { environment: { HTTP_PROXY: 'https://proxy.example' }, httpProxy: 'https://proxy.example/' },
])('reads $environment as "$httpProxy"', ({ environment, httpProxy }) => {
  expect(readProxySettings(environment)).toMatchObject({ httpProxy, httpsProxy: '' });
});

it('tells the two kinds of target apart, and keeps the list of those that need no proxy', () => {
  const settings = readProxySettings({
    https_proxy: 'http://secure:1',
    HTTP_PROXY: 'http://plain:1',
    NO_PROXY: 'localhost,.example.org',
  });
  expect(settings).toMatchObject({
    httpsProxy: 'http://secure:1/',
    httpProxy: 'http://plain:1/',
    noProxy: 'localhost,.example.org',
  });
});

it('says which passwords must not be shown, as they stand there and as they are meant', () => {
  const { secrets } = readProxySettings({
    http_proxy: 'http://ada:plain@proxy:1',
    https_proxy: 'http://ada:p%40ss@proxy:1',
  });
  expect(secrets).toEqual(['plain', 'plain', 'p%40ss', 'p@ss']);
});

it.each([
  'http://',
  'http://ada:hush@',
  'socks5://ada:hush@proxy:1080',
  'http://ada:hush%zz@proxy:1',
  'http://hush:x:y',
])('refuses %s, names the variable, and shows nothing of it', (address) => {
  const read = () => readProxySettings({ HTTPS_PROXY: address });
  expect(read).toThrow(FatalError);
  expect(read).toThrow(/^HTTPS_PROXY is no address of an HTTP proxy/);
  expect(read).not.toThrow(/hush|ada/);
});
