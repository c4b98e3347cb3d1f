// node --import <this file>: writes the process's peak memory (resident set, in MiB) to PEAK_FILE when it ends.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS } = process.resourceUsage();
  writeFileSync(process.env['PEAK_FILE'], String(Math.round(maxRSS / 1024)));
});
