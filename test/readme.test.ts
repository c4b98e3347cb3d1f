import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../src/exit-code.ts';
import { outcomes } from '../src/plan/outcome.ts';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const readme = read('README.md');

describe('README', () => {
  it('has the table of exit codes that the command ends with', () => {
    const rows = Object.values(exitCodes).map(
      ({ code, meaning, sent, runAgain }) => `| ${code} | ${meaning} | ${sent} | ${runAgain} |`,
    );
    expect(readme).toContain(
      `| code | meaning | nothing sent? | run again? |\n|---|---|---|---|\n${rows.join('\n')}\n`,
    );
  });

  it('shows the summary of the sample run to the letter', () => {
    expect(readme).toContain(`\`\`\`\n${read('samples/summary.txt')}\`\`\``);
  });

  it('shows the first rows of the sample list', () => {
    const [header, first, second] = read('samples/leavers.csv').split('\n');
    expect(readme).toContain(`\`\`\`csv\n${header}\n${first}\n${second}\n\`\`\``);
  });

  it.each(outcomes)('explains the outcome %s', (outcome) => {
    expect(readme).toContain(`| \`${outcome}\` |`);
    expect(readme).toContain(`\`${outcome}.csv\``);
  });
});
