// npm run bench -- [figure...] [--rounds 5] [--phase 30] [--install] [--small] [--list]
// Runs the built command beside its peers and limits, and prints one table; nothing is kept, and no time is judged: it fails
// only where a run ended wrongly.
import { parseArgs } from 'node:util';
import { makeBench } from './bench.mjs';
import { figures } from './figures.mjs';
import { describeMachine, load } from './machine.mjs';
import { installPrograms } from './programs.mjs';
import { headOf, rowOf } from './table.mjs';

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    phase: { type: 'string', default: '30' },
    install: { type: 'boolean', default: false },
    small: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

/** `curl` asks for curl-10k, curl-100k and curl-1m. */
const isMeantBy = (word, { name }) => name === word || name.startsWith(`${word}-`);

function isAskedFor(figure) {
  if (positionals.length === 0) return !values.small || figure.inSmall;
  return positionals.some((word) => isMeantBy(word, figure));
}

const unknown = positionals.filter((word) => !figures.some((figure) => isMeantBy(word, figure)));
const asked = figures.filter(isAskedFor);
const rounds = values.small ? 1 : Number(values.rounds);
const phaseSeconds = values.small ? 1 : Number(values.phase);
if (unknown.length > 0 || !(rounds >= 1) || !(phaseSeconds > 0)) {
  const why = unknown.length > 0 ? `no figure is called ${unknown.join(', ')}` : 'that is no number';
  console.error(`${why}; the figures: ${figures.map(({ name }) => name).join(' ')}`);
  process.exit(2);
}
if (values.list) {
  for (const { name, says } of asked) console.log(`${name.padEnd(16)}${says}`);
  process.exit(0);
}
if (values.install) installPrograms();

const bench = await makeBench({ isSmall: values.small, rounds, phaseSeconds });
let failed = 0;
console.log(describeMachine(bench.fast.name));
console.log(`${rounds === 1 ? '1 round' : `medians of ${rounds} paired rounds`}; ${load()}`);
if (values.small) console.log('In small: this shows that everything runs; its figures mean nothing.');
console.log(`\n${headOf()}`);
for (const figure of asked) {
  try {
    for (const line of await figure.measure(bench)) console.log(rowOf(figure.name, line, !values.small));
  } catch (error) {
    failed += 1;
    console.log(`${figure.name} FAILED: ${error.message}`);
  }
}
console.log(`\n${load()}`);
for (const sentence of bench.sentences) console.log(sentence);
if (failed > 0) console.log(`${failed} of ${asked.length} figures FAILED: a run ended wrongly.`);
process.exit(failed > 0 ? 1 : 0);
