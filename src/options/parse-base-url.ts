import { type OptionParser, problem, value } from './option-parser.ts';
import { quoted } from './quoted.ts';

/**
 * An instance's address without its trailing slashes; a path prefix is kept. Whether plain `http:` is allowed is
 * another question (`isPlainHttpElsewhere`). A problem shows the address only where it cannot hold a password or token.
 */
export const parseBaseUrl: OptionParser<string> = (text) => {
  const clause = problemOf(text);
  if (clause !== undefined) return problem(clause);
  const url = new URL(text);
  return value(withoutTrailingSlashes(url.origin + url.pathname));
};

/** Whether the key would travel unencrypted to another machine. */
export function isPlainHttpElsewhere(baseUrl: string): boolean {
  const { protocol, hostname } = new URL(baseUrl);
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function problemOf(text: string): string | undefined {
  if (text.includes('@')) {
    return 'expected an address without user info (name:password@); the key comes from --api-key-file or PARADIGM_API_KEY';
  }
  if (text.includes('?')) return 'expected an address without a query (the part from ? on)';
  if (text.includes('#')) return 'expected an address without a fragment (the part from # on)';
  // URL drops white space and reads a backslash as a slash: what is shown would not be what was given.
  if (/[\s\\\p{Cc}\p{Cf}]/u.test(text))
    return `expected an address without spaces or backslashes, not ${quoted(text)}`;
  const scheme = /^(?<scheme>[a-z][a-z\d+.-]*):\/\//i.exec(text)?.groups?.['scheme']?.toLowerCase();
  if (scheme === undefined)
    return `expected an address such as https://paradigm.example.com, not ${quoted(text)}`;
  if (scheme !== 'https' && scheme !== 'http') return `expected https://, not ${quoted(`${scheme}://`)}`;
  return URL.canParse(text)
    ? undefined
    : `expected an address such as https://paradigm.example.com, not ${quoted(text)}`;
}

function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}
