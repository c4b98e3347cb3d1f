import { changingLimit } from './figures/changing-limit.mjs';
import { faults } from './figures/faults.mjs';
import { growth } from './figures/growth.mjs';
import { hiddenLimit } from './figures/hidden-limit.mjs';
import { journal } from './figures/journal.mjs';
import { cpu, peers } from './figures/peers.mjs';
import { plan, report } from './figures/plan-and-report.mjs';
import { rate } from './figures/rate.mjs';
import { shards } from './figures/shards.mjs';
import { slowServer } from './figures/slow-server.mjs';
import { help } from './figures/start-up.mjs';
import { statedLimit } from './figures/stated-limit.mjs';

/**
 * In the order of the table. Each has a `name` to be asked for by, what it `says`, whether it is part of the small form, and
 * `measure`, which resolves to lines of the table and rejects where a run ended wrongly.
 */
export const figures = [
  ...peers,
  cpu,
  slowServer,
  growth,
  journal,
  rate,
  hiddenLimit,
  statedLimit,
  changingLimit,
  faults,
  help,
  plan,
  report,
  shards,
];
