import type { GivenOption } from './given-option.ts';
import { parsePath } from './parse-scalar.ts';
import { quoted } from './quoted.ts';
import type { JobFile } from './read-job-file.ts';
import { runOptionTable } from './run-option-table.ts';

/** What a job file may say: every option but another job file, and the input. */
const { config: _, ...options } = runOptionTable;
const input = { group: 'Input', description: 'the CSV', takes: 'path', parse: parsePath } as const;
const jobFileTable = { ...options, input };

/** Loads the job file that `config` names, if it does. One that cannot be read is a problem like any other. */
export async function loadJobFile(
  config: GivenOption | undefined,
  readText: (path: string) => Promise<string>,
): Promise<JobFile> {
  if (config === undefined) return { given: new Map(), problems: [] };
  try {
    const text = await readText(config.text);
    // Loaded only here: most runs need no YAML.
    const { readJobFile } = await import('./read-job-file.ts');
    return readJobFile(config.text, text, jobFileTable);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const why = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${String(error.code)})`;
    return { given: new Map(), problems: [`${config.origin}: ${quoted(config.text)} ${why}`] };
  }
}
