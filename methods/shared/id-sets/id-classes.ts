import { none } from '../../../harness/contract/backend.ts';
import { bitsFor, idMap, type IdMap } from '../../../harness/contract/indices.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { Indices } from '../../../harness/contract/indices.ts';
import type { Tensor2D } from '../../../tensors/index.ts';
import type { Lookup } from '../../../harness/contract/method.ts';
import { lazily } from '../../../base/lazily.ts';
import { sum } from '../../../base/sum.ts';
import { countIds, fieldOffsets } from '../rows/table-parts.ts';
import { mapBytes } from './id-set.ts';

/** The class of every id of all fields, and its position among the ids of its class; looked up in the values of maps alone. */
export interface IdClasses {
  readonly maps: readonly IdMap[];
  /** Ids of each class. */
  readonly sizes: readonly number[];
  /** Positions of a batch's ids among those of each class asked for, `none` for ids of others: [batch, fields] each. */
  columns(lookup: Pick<Lookup, 'compute'>, classes: readonly number[]): Indices[];
  /** 1 for a batch's ids of any of these classes, 0 for others: [batch, fields]. */
  among(lookup: Pick<Lookup, 'compute'>, classes: readonly number[]): Tensor2D;
}

/** Ids whose places are counted together. */
const stretch = 512;

export interface ClassShape {
  readonly fields: readonly Pick<Field, 'cardinality'>[];
  /** Number of classes; those from `stored` on are without positions. */
  readonly classes: number;
  readonly stored: number;
}

/** The largest maps of such classes, whichever they are: a label for each id, and the ids of each class before every 512. */
export function labelMaps({ fields, classes, stored }: ClassShape): readonly Omit<IdMap, 'values'>[] {
  const ids = countIds(fields);
  return [
    { length: ids, bits: bitsFor(classes) },
    ...(stored > 0 ? [{ length: stored * Math.ceil(ids / stretch), bits: 32 }] : []),
  ];
}

/**
 * Stored as labels (see `labelMaps`), or as the runs of ids of one class in each field, whichever takes fewer bytes. `labels`: class of every
 * id, field after field.
 */
export function idClasses(shape: ClassShape, labels: Uint8Array): IdClasses {
  const { fields, classes } = shape;
  const sizes = Array.from({ length: classes }, () => 0);
  for (const label of labels) sizes[label]++;
  const offsets = fieldOffsets(fields);
  const ofField = ({ cardinality }: Pick<Field, 'cardinality'>, f: number) =>
    labels.subarray(offsets[f], offsets[f] + cardinality);
  const [counted, runs] = [labelMaps(shape), runMaps(shape, fields.map((field, f) => runsIn(ofField(field, f))))]; // prettier-ignore
  const { maps, placeOf } =
    mapBytes(runs) < mapBytes(counted) ? runsOf(shape, labels, runs) : labelled(shape, labels, counted);
  return {
    maps,
    sizes,
    columns({ compute }, asked) {
      const F = fields.length;
      const at = new Map(asked.map((one, i) => [one, i]));
      const all = compute((batch) => {
        const found = new Uint32Array(asked.length * batch.length).fill(none);
        for (let i = 0; i < batch.length; i++) {
          const field = i % F;
          const [label, position] = placeOf(field, batch[i]);
          const column = at.get(label);
          if (column !== undefined)
            found[((i - field) / F) * asked.length * F + column * F + field] = position;
        }
        return found;
      }, asked.length * F);
      return asked.map((_, column) => all.pick(fields.map((_, f) => column * F + f)));
    },
    among({ compute }, asked) {
      const F = fields.length;
      const has = (id: number, at: number) => Number(asked.includes(placeOf(at % F, id)[0]));
      return compute((batch) => batch.map(has), F).toFloats();
    },
  };
}

interface Stored {
  readonly maps: readonly IdMap[];
  readonly placeOf: (field: number, id: number) => readonly [label: number, position: number];
}

function labelled(
  { fields, stored }: ClassShape,
  labels: Uint8Array,
  [labelShape, beforeShape]: readonly Omit<IdMap, 'values'>[],
): Stored {
  const offsets = fieldOffsets(fields);
  const labelMap = idMap(labelShape.length, labelShape.bits, () => Uint32Array.from(labels));
  const before =
    beforeShape && idMap(beforeShape.length, beforeShape.bits, () => countsBefore(labels, stored, stretch));
  // Counts before every few ids, which are not stored: so many are passed for each id that is looked up.
  const index = lazily(() => ({ few: countsBefore(labelMap.values, stored, passed, before?.values) }));
  return {
    maps: before ? [labelMap, before] : [labelMap],
    placeOf(field, id) {
      const at = offsets[field] + id;
      const { values } = labelMap;
      const label = values[at];
      if (label >= stored) return [label, 0];
      const first = at - (at % passed);
      let position = index().few[(first / passed) * stored + label];
      for (let i = first; i < at; i++) if (values[i] === label) position++;
      return [label, position];
    },
  };
}

const passed = 32;

/** Ids of each stored class before every `every` of them, [stretches, stored]; those before every 512 may be told. */
function countsBefore(
  labels: Uint8Array | Uint32Array,
  stored: number,
  every: number,
  told?: Uint32Array,
): Uint32Array {
  const counts = new Uint32Array(stored);
  const before = new Uint32Array(stored * Math.ceil(labels.length / every));
  for (let i = 0; i < labels.length; i++) {
    if (told && i % stretch === 0)
      counts.set(told.subarray((i / stretch) * stored, (i / stretch + 1) * stored));
    if (i % every === 0) before.set(counts, (i / every) * stored);
    if (labels[i] < stored) counts[labels[i]]++;
  }
  return before;
}

/** Runs of each field, and of each run its first id and its class. */
function runMaps({ fields, classes }: ClassShape, runs: readonly number[]): readonly Omit<IdMap, 'values'>[] {
  const all = sum(runs);
  return [
    { length: fields.length, bits: bitsFor(Math.max(...runs) + 1) },
    { length: all, bits: bitsFor(Math.max(...fields.map(({ cardinality }) => cardinality))) },
    { length: all, bits: bitsFor(classes) },
  ];
}

/** The bytes that classes take where a field's ids are in so many runs of one class. */
export function classBytes(shape: ClassShape, runs: readonly number[]): number {
  return Math.min(mapBytes(labelMaps(shape)), mapBytes(runMaps(shape, runs)));
}

/** Runs of equal numbers in a list. */
export function runsIn(labels: ArrayLike<number>): number {
  let runs = 0;
  for (let i = 0; i < labels.length; i++) if (i === 0 || labels[i] !== labels[i - 1]) runs++;
  return runs;
}

function runsOf(
  { fields, classes }: ClassShape,
  labels: Uint8Array,
  shapes: readonly Omit<IdMap, 'values'>[],
): Stored {
  const offsets = fieldOffsets(fields);
  const found = lazily(() => {
    const counts = new Uint32Array(fields.length);
    const [starts, ofRuns]: number[][] = [[], []];
    fields.forEach(({ cardinality }, f) => {
      for (let id = 0; id < cardinality; id++) {
        const label = labels[offsets[f] + id];
        if (id > 0 && label === labels[offsets[f] + id - 1]) continue;
        counts[f]++;
        starts.push(id);
        ofRuns.push(label);
      }
    });
    return [counts, Uint32Array.from(starts), Uint32Array.from(ofRuns)];
  });
  const maps = shapes.map(({ length, bits }, i) => idMap(length, bits, () => found()[i]));
  // First run of each field, and the position of the first id of each run.
  const index = lazily(() => {
    const [counts, starts, ofRuns] = maps.map(({ values }) => values);
    const firsts = [0];
    for (const count of counts) firsts.push(firsts.at(-1)! + count);
    const next = new Uint32Array(classes);
    const positions = new Uint32Array(starts.length);
    fields.forEach(({ cardinality }, f) => {
      for (let run = firsts[f]; run < firsts[f + 1]; run++) {
        const end = run + 1 < firsts[f + 1] ? starts[run + 1] : cardinality;
        positions[run] = next[ofRuns[run]];
        next[ofRuns[run]] += end - starts[run];
      }
    });
    return { firsts, starts, ofRuns, positions };
  });
  return {
    maps,
    placeOf(field, id) {
      const { firsts, starts, ofRuns, positions } = index();
      let [low, high] = [firsts[field], firsts[field + 1]];
      while (high - low > 1) {
        const middle = (low + high) >>> 1;
        if (starts[middle] <= id) low = middle;
        else high = middle;
      }
      return [ofRuns[low], positions[low] + id - starts[low]];
    },
  };
}
