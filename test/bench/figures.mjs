import { growth } from './figures/growth.mjs';
import { journal } from './figures/journal.mjs';
import { cpu, peers } from './figures/peers.mjs';
import { slowServer } from './figures/slow-server.mjs';

/**
 * In the order of the table. Each has a `name` to be asked for by, what it `says`, whether it is part of the small form, and
 * `measure`, which resolves to lines of the table and rejects where a run ended wrongly.
 */
export const figures = [...peers, cpu, slowServer, growth, journal];
