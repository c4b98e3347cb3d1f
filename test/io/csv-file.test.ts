import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FatalError } from '../../src/exit-code.ts';
import { type CsvFileOptions, openCsvFile } from '../../src/io/csv-file.ts';
import type { InputRecord } from '../../src/plan/parse-record.ts';

let folder = '';
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offboard-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${++files}.csv`);
  await writeFile(path, content);
  return path;
}

async function readAll(content: string | Uint8Array, options: CsvFileOptions = {}) {
  const csv = await openCsvFile(await fileOf(content), options);
  const records: InputRecord[] = [];
  for await (const batch of csv.batches) records.push(...batch);
  return { ...csv, records, facts: csv.facts() };
}

async function failureOf(reading: Promise<unknown>): Promise<FatalError> {
  const error = await reading.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof FatalError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

const encodings = {
  'utf-8': (text: string) => Buffer.from(text),
  'utf-8 with BOM': (text: string) => Buffer.from(`\ufeff${text}`),
  'utf-16le with BOM': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'utf-16be with BOM': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
};

describe('openCsvFile', () => {
  for (const [encoding, encode] of Object.entries(encodings)) {
    describe(encoding, () => {
      for (const delimiter of [',', ';', '\t']) {
        for (const lineEnd of ['\n', '\r\n', '\r']) {
          it(`reads cells between ${JSON.stringify(delimiter)} and lines ended by ${JSON.stringify(lineEnd)}`, async () => {
            const rows = [
              ['workspace_id', 'user_id', 'näme'],
              ['1', '2', '"Zoë 👩 ""Z"""'],
              ['3', '4', `"two${lineEnd}lines${delimiter} and more"`],
              ['5', '6', ''],
            ];
            const bytes = encode(rows.map((row) => row.join(delimiter)).join(lineEnd));
            for (const batchBytes of [1, 2, 3, 5, 7, 64, 65_536]) {
              const csv = await readAll(bytes, { batchBytes });
              expect(csv.delimiter).toBe(delimiter);
              expect(csv.encoding).toBe(encoding.split(' ')[0]);
              expect(csv.header).toEqual({ line: 1, cells: ['workspace_id', 'user_id', 'näme'] });
              expect(csv.records).toEqual([
                { line: 2, cells: ['1', '2', 'Zoë 👩 "Z"'] },
                { line: 3, cells: ['3', '4', `two${lineEnd}lines${delimiter} and more`] },
                { line: 5, cells: ['5', '6', ''] },
              ]);
              expect(csv.facts).toEqual({
                sha256: createHash('sha256').update(bytes).digest('hex'),
                bytes: bytes.length,
                warnings: [],
              });
            }
          });
        }
      }
    });
  }

  it('says once that bytes are no UTF-8, and goes on', async () => {
    const bytes = Buffer.concat([
      Buffer.from('workspace,user,name\n1,2,J'),
      Buffer.from([0xfc, 0xfc]),
      Buffer.from('rg\n'),
    ]);
    for (const batchBytes of [1, 65_536]) {
      const { records, facts } = await readAll(bytes, { batchBytes, name: 'leavers.csv' });
      expect(records).toEqual([{ line: 2, cells: ['1', '2', 'J\ufffd\ufffdrg'] }]);
      expect(facts.warnings).toEqual([
        'leavers.csv is not valid UTF-8 throughout: what cannot be read shows as \ufffd.',
      ]);
    }
  });

  it.each([
    { name: 'a character cut off at the end', bytes: Buffer.from('workspace,user\n1,ü').subarray(0, -1) },
    { name: 'a lone surrogate', bytes: encodings['utf-16le with BOM']('workspace,user\n1,\ud83d\n') },
    {
      name: 'an odd number of bytes',
      bytes: encodings['utf-16be with BOM']('workspace,user\n1,22').subarray(0, -1),
    },
  ])('reads on through $name, with a warning', async ({ bytes }) => {
    const { records, facts } = await readAll(bytes);
    expect(records[0]?.cells[1]?.at(-1)).toBe('\ufffd');
    expect(facts.warnings).toHaveLength(1);
  });

  it('does not warn of a U+FFFD that stands in the file itself', async () => {
    expect((await readAll('workspace,user,\ufffd\n1,2,\ufffd\n')).facts.warnings).toEqual([]);
  });

  it('hands records on in batches, and lets go of the file when asked', async () => {
    const csv = await openCsvFile(await fileOf(`workspace,user\n${'1,2\n'.repeat(50_000)}`));
    const sizes: number[] = [];
    for await (const batch of csv.batches) {
      sizes.push(batch.length);
      if (sizes.length === 3) break;
    }
    csv.close();
    expect(Math.max(...sizes)).toBeLessThan(10_000);
  });

  it('stops with the reason of an aborted signal', async () => {
    const stop = new AbortController();
    const csv = await openCsvFile(await fileOf(`workspace,user\n${'1,2\n'.repeat(50_000)}`), {
      signal: stop.signal,
    });
    stop.abort(new Error('interrupted'));
    await expect(async () => {
      for await (const batch of csv.batches) expect(batch).not.toEqual([]);
    }).rejects.toThrow('interrupted');
  });

  it.each(['', '\n\n', '\ufeff', ' \r\n\t\r\n', '\ufeff\n'])(
    'refuses %j: there is no header',
    async (content) => {
      const path = await fileOf(content);
      const error = await failureOf(openCsvFile(path));
      expect(error.exit).toBe('usage');
      expect(error.message).toBe(`${path} is empty: it has no header.`);
    },
  );

  it('reads a header without records as a header without records', async () => {
    expect((await readAll('workspace,user')).records).toEqual([]);
    expect((await readAll('workspace,user\r\n\r\n')).records).toEqual([]);
  });

  it('refuses a file that is not there, by its name', async () => {
    const error = await failureOf(openCsvFile(join(folder, 'no\nsuch.csv')));
    expect(error.exit).toBe('usage');
    expect(error.message).toBe(`Cannot read ${folder}/no\\nsuch.csv: there is no such file.`);
  });

  it('refuses a directory', async () => {
    const path = join(folder, 'directory');
    await mkdir(path);
    expect((await failureOf(openCsvFile(path))).message).toBe(`Cannot read ${path}: it is a directory.`);
  });

  it('refuses a device or a pipe, and says what to do', async () => {
    expect((await failureOf(openCsvFile('/dev/null'))).message).toContain(
      'give - and send it to standard input',
    );
  });
});
