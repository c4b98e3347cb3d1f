import { describe, expect, it } from 'vitest';
import { parseMetricsFile, parseWatcherUrl } from '../../src/options/parse-watcher-url.ts';

describe('the address of a watcher', () => {
  it.each(['https://hc-ping.com/0b1c', 'http://push:9091', 'https://it:hush@push.example/x?create=1'])(
    'is taken as it is: %s',
    (text) => {
      expect(parseWatcherUrl(text)).toEqual({ kind: 'value', value: text });
    },
  );

  it.each([
    '',
    'hc-ping.com/0b1c',
    'ftp://x/0b1c',
    'https://',
    'https://x/0b1c#top',
    'https://x/0b 1c',
    'https:\\\\x\\0b1c',
    'https://it:0b1c%zz@x',
    'https://0b1c%C3:%A4@x',
  ])('is refused without being shown: %s', (text) => {
    const parsed = parseWatcherUrl(text);
    expect(parsed).toMatchObject({ kind: 'problem' });
    expect(JSON.stringify(parsed)).not.toContain('0b1c');
  });
});

describe('a metrics file', () => {
  it('has a name that the textfile collector reads', () => {
    expect(parseMetricsFile('/var/lib/node_exporter/leavers.prom')).toMatchObject({ kind: 'value' });
    for (const text of ['', '.prom', 'textfile/.prom', 'leavers.txt', 'leavers.prom/', 'a\0.prom'])
      expect(parseMetricsFile(text)).toMatchObject({ kind: 'problem' });
  });
});
