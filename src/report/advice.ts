import type { Outcome, StopReason } from '../plan/outcome.ts';
import type { ReportJson } from './report-json.ts';

/** One thing that a person has to look at, and what to do about it. */
export interface Advice {
  readonly about: 'perhaps-removed' | Extract<Outcome, 'forbidden' | 'failed' | 'invalid'>;
  readonly records: number;
  readonly explanation: string;
  readonly remedy: string;
}

/** What needs a person, the most pressing first. */
export function findAdvice(report: ReportJson): readonly Advice[] {
  const { counts, perhapsRemoved, target } = report;
  const level = target.scope === 'company' ? 'a company-level admin or higher' : 'an instance-level admin';
  const all: readonly Advice[] = [
    {
      about: 'forbidden',
      records: counts.forbidden,
      explanation: 'The API answered 403: this key may not remove members of these workspaces.',
      remedy: `The removal wants the key of ${level}. Have the right granted or use such a key, then run again with --retry-forbidden.`,
    },
    {
      about: 'failed',
      records: counts.failed,
      ...(isApiMissing(report) ? noApi : someFailed),
    },
    {
      about: 'invalid',
      records: counts.invalid,
      explanation: 'The record cannot be read as a removal, so it was left out.',
      remedy: 'Mend the rows in invalid.csv and run that file: it is an input like any other.',
    },
    {
      about: 'perhaps-removed',
      records: perhapsRemoved,
      explanation: 'An attempt may have reached the API and no answer said so.',
      remedy:
        'The same command settles it, but for those who are protected by now: look them up in Paradigm. Until then, do not count on either.',
    },
  ];
  return all.filter(({ records }) => records > 0);
}

const someFailed = {
  explanation: 'The attempts were used up, or the API gave an answer that it does not document.',
  remedy: 'Look at status and detail in failed.csv. The same command tries these records again.',
};

const noApi = {
  explanation: 'Nothing that answered was the Paradigm API: pages or redirects came instead.',
  remedy: 'Check --base-url, with its path if it has one; then the same command tries these records again.',
};

/** No record got an answer of the API's, and those that failed got somebody else's. */
function isApiMissing({ counts, reasons }: ReportJson): boolean {
  if (counts.removed + counts['not-found'] + counts.forbidden > 0) return false;
  return Object.keys(reasons['failed'] ?? {}).every((reason) => /^(unrecognised-|redirect$)/.test(reason));
}

/** What to do after a run that stopped before its end; undefined where it completed. */
export function findStopRemedy({ run }: ReportJson): string | undefined {
  if (run.status !== 'stopped') return undefined;
  return (stopRemedies as Readonly<Record<string, string>>)[run.reason ?? ''] ?? goesOn;
}

/** The command to type next, after what `findAdvice` asks for; undefined where the same command would send nothing. */
export function chooseNextCommand({ run, counts }: ReportJson, command: string): string | undefined {
  if (run.dryRun) return command;
  const isCompleted = run.status === 'completed';
  if (isCompleted && counts.forbidden > 0) return withRetryForbidden(command);
  return isCompleted && counts.failed === 0 && counts['not-attempted'] === 0 ? undefined : command;
}

function withRetryForbidden(command: string): string {
  // In whatever way the command has it, with a value or against it: a flag given twice is refused.
  const given = / --(?:no-)?retry-forbidden(?:=\w+)?(?= |$)/;
  const flag = ' --retry-forbidden';
  return given.test(command) ? command.replace(given, flag) : `${command}${flag}`;
}

const goesOn = 'The same command goes on where this run stopped.';

const stopRemedies: Readonly<Record<StopReason, string>> = {
  interrupted: goesOn,
  'time-limit': goesOn,
  outage: 'When the instance answers again, the same command goes on where this run stopped.',
  throttled: 'Later, the same command goes on where this run stopped; a lower --rate may help.',
  unauthorized: 'Put a valid one in place; then the same command goes on.',
  'all-forbidden': "The key is not an admin's at this level. With an admin's key, the same command goes on.",
  'unrecognised-answer':
    'Check --base-url, and whether a sign-in page or a firewall is in between; then the same command goes on.',
  tls: 'Where a private certificate authority vouches for the instance, set NODE_EXTRA_CA_CERTS to its certificate; then the same command goes on.',
  proxy: 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY; then the same command goes on.',
  journal: "The journal could not be written. Mend the run folder's disk; then the same command goes on.",
};
