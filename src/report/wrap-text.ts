/** Columns of a summary line; a word that is longer (a path) is never broken, so that it can be copied. */
const width = 80;

/** A paragraph in lines of at most 80 columns: `first` before the first line, as many blanks before the others. */
export function wrapText(text: string, first: string): string {
  const indent = ' '.repeat(first.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((text, index) => `${index === 0 ? first : indent}${text}`).join('\n');
}
