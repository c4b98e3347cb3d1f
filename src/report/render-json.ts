import type { ReportJson } from './report-json.ts';
import { spellUnseen } from './unseen-characters.ts';

/** The text of report.json. Characters that could steer a terminal are written as JSON escapes: it is printed, too. */
export function renderJson(report: ReportJson): string {
  const lines = JSON.stringify(report, null, 2).split('\n');
  return `${lines.map((line) => spellUnseen(line, spellAsJson)).join('\n')}\n`;
}

/** JSON knows UTF-16 units only: a character beyond the first plane is two of them. */
function spellAsJson(hex: string): string {
  const units = String.fromCodePoint(Number.parseInt(hex, 16)).split('');
  return units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}
