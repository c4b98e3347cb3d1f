import { constants } from 'node:fs';

/**
 * To open files with that should be regular ones: opening a pipe that somebody put in the place of one would hang a thread of
 * the pool, and with it the process. A pipe nobody writes to then reads as empty.
 */
export const readFlags = constants.O_RDONLY | constants.O_NONBLOCK;
