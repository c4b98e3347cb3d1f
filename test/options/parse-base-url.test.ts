import { describe, expect, it } from 'vitest';
import { isPlainHttpElsewhere, parseBaseUrl } from '../../src/options/parse-base-url.ts';
import { outcomeOf, problemOf } from './parse-outcome.ts';

describe('parseBaseUrl', () => {
  it.each([
    ['https://paradigm.lighton.ai', 'https://paradigm.lighton.ai'],
    ['https://paradigm.lighton.ai///', 'https://paradigm.lighton.ai'],
    ['https://Host.example:8443/pre/fix/', 'https://host.example:8443/pre/fix'],
    ['HTTPS://host', 'https://host'],
    ['http://[::1]:8080/', 'http://[::1]:8080'],
  ])('reads %s as %s', (text, baseUrl) => {
    expect(outcomeOf(parseBaseUrl, text)).toBe(baseUrl);
  });

  it.each([
    ['https://user:hunter2@host', /user info/],
    ['https://@host', /user info/],
    ['https://host/?token=hunter2', /query/],
    ['https://host/?', /query/],
    ['https://host/#hunter2', /fragment/],
    ['host.example', /^expected an address such as https:/],
    ['localhost:8080', /^expected an address such as https:/],
    ['https:host', /^expected an address such as https:/],
    ['https://', /^expected an address such as https:/],
    ['ftp://host', /^expected https:\/\/, not "ftp:\/\/"$/],
    ['file:///etc', /^expected https:\/\//],
    ['https://ho st', /spaces or backslashes/],
    ['https://host\n.evil', /spaces or backslashes/],
    ['https:\\\\host', /spaces or backslashes/],
    ['https://host:99999', /^expected an address/],
  ])('refuses %j and says why', (text, message) => {
    expect(problemOf(parseBaseUrl, text)).toMatch(message);
  });

  it('shows nothing of an address that may hold a password or a token', () => {
    for (const text of ['https://u:hunter2@h', 'https://h?hunter2', 'https://h#hunter2', 'hunter2@h']) {
      expect(problemOf(parseBaseUrl, text)).not.toContain('hunter2');
    }
  });

  it.each(['http://localhost', 'http://127.0.0.1:1', 'http://127.9.9.9', 'http://[::1]', 'https://host'])(
    'lets the key travel to %s',
    (baseUrl) => {
      expect(isPlainHttpElsewhere(baseUrl)).toBe(false);
    },
  );

  it.each([
    'http://host',
    'http://localhost.evil.com',
    'http://127.0.0.1.evil.com',
    'http://10.0.0.1',
    'http://[::2]',
  ])('knows that %s sends it unencrypted', (baseUrl) => {
    expect(isPlainHttpElsewhere(baseUrl)).toBe(true);
  });
});
