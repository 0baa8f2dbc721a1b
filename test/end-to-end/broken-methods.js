import process from 'node:process';
import { setTimeout } from 'node:timers';
import { idInit, z } from 'embed-bench/method';

/** A plug-in of methods that fail in every way there is: loaded by a verb and by every process of its runs. */

const broken = (name, plan) => ({
  ...{ name, aliases: [], title: name, idea: 'fails', paper: { cite: 'none', url: 'https://example.org' } },
  ...{ departures: [], options: z.strictObject({}), plan },
});

/** One row for each field. */
function rowsOfFields({ fields, dim }, embed) {
  const table = {
    width: dim,
    parts: fields.map(({ cardinality }) => ({ rows: 1, init: idInit(cardinality) })),
  };
  const firsts = fields.map((_, f) => f);
  const rows = (lookup) => lookup.rows(table, lookup.ids.mod(fields.map(() => 1)).plus(firsts));
  return { tables: [table], choices: {}, embed: embed ?? rows };
}

export const methods = [
  broken('throws-in-plan', () => {
    throw new Error('no such thing\nas a plan');
  }),
  broken('throws-a-word', () => {
    throw 'word';
  }),
  broken('throws-in-embed', (layer) =>
    rowsOfFields(layer, () => {
      throw new TypeError('no vectors');
    }),
  ),
  broken('throws-later', (layer) => {
    setTimeout(() => {
      throw new RangeError('when nobody listened');
    });
    return rowsOfFields(layer);
  }),
  broken('takes-memory', (layer) => ({ ...rowsOfFields(layer), choices: { hoard: hoard() } })),
  broken('takes-one-array', () => {
    throw new Error(String(new ArrayBuffer(2 ** 52).byteLength));
  }),
  broken('leaves', () => process.exit(7)),
  broken('is-killed', (layer) => {
    process.kill(process.pid, 'SIGKILL');
    return rowsOfFields(layer);
  }),
  broken('aborts', () => process.abort()),
];

/** Fills the heap until V8 ends the process. */
function hoard() {
  const kept = [];
  for (;;) kept.push(Array.from({ length: 1e5 }, (_, i) => ({ i })));
}
