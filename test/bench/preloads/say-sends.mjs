// node --import <this file>: writes to SENDS_FILE, when the process ends, the instants at which undici wrote a request, in
// milliseconds by the monotonic clock.
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';

const sends = [];
subscribe('undici:client:sendHeaders', () => sends.push(performance.now()));
process.on('exit', () => writeFileSync(process.env['SENDS_FILE'], JSON.stringify(sends)));
