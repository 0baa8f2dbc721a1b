import { none } from '../../../harness/contract/backend.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { StoredClassForm } from '../../../harness/contract/index-formula.ts';
import { bitsFor, idMap, type IdMap } from '../../../harness/contract/indices.ts';
import { lazily } from '../../../base/lazily.ts';
import { sum } from '../../../base/sum.ts';
import { countIds, fieldOffsets } from '../rows/table-parts.ts';
import { idSet, idSetMaps } from './id-set.ts';

/** The forms in which classes of ids are stored. */

export interface ClassShape {
  readonly fields: readonly Pick<Field, 'cardinality'>[];
  /** Number of classes; those from `stored` on have no positions. */
  readonly classes: number;
  readonly stored: number;
}

export type MapShape = Omit<IdMap, 'values'>;

/** Classes as they are stored: looked up in the values of the maps, whoever has put them there. */
export interface StoredClasses {
  readonly maps: readonly IdMap[];
  readonly placeOf: (field: number, id: number) => readonly [label: number, position: number];
  /** The same for formulas. */
  readonly form: StoredClassForm;
}

/** The part that all forms have. */
const formOf = ({ fields, classes, stored }: ClassShape) => ({
  ...{ offsets: fieldOffsets(fields), ids: countIds(fields), classes, stored, stretch },
});

/** Ids whose places are counted together. */
const stretch = 512;

/** A label for each id, and the ids of each stored class before every 512. */
export function labelMaps({ fields, classes, stored }: ClassShape): readonly MapShape[] {
  return labelsOf(countIds(fields), classes, stored);
}

const labelsOf = (ids: number, classes: number, stored: number): readonly MapShape[] => [
  { length: ids, bits: bitsFor(classes) },
  ...(stored > 0 ? [{ length: stored * Math.ceil(ids / stretch), bits: 32 }] : []),
];

export function labelled(shape: ClassShape, labels: Uint8Array): StoredClasses {
  const offsets = fieldOffsets(shape.fields);
  const { maps, placeOf } = labelledItems(labels, shape.classes, shape.stored);
  return {
    maps,
    placeOf: (field, id) => placeOf(offsets[field] + id),
    form: { ...formOf(shape), form: 'labels', maps },
  };
}

/** The same for ids of a number. */
function labelledItems(labels: Uint8Array, classes: number, stored: number) {
  const [ofLabels, ofCounts] = labelsOf(labels.length, classes, stored);
  const labelMap = idMap(ofLabels.length, ofLabels.bits, () => Uint32Array.from(labels));
  const before = ofCounts && idMap(ofCounts.length, ofCounts.bits, () => countsBefore(labels, stored, stretch)); // prettier-ignore
  // Counts before every few ids, which are not stored: so many are passed for each id that is looked up.
  const index = lazily(() => ({ few: countsBefore(labelMap.values, stored, passed, before?.values) }));
  return {
    maps: before ? [labelMap, before] : [labelMap],
    placeOf(this: void, item: number): readonly [label: number, position: number] {
      const { values } = labelMap;
      const label = values[item];
      if (label >= stored) return [label, 0];
      const first = item - (item % passed);
      let position = index().few[(first / passed) * stored + label];
      for (let i = first; i < item; i++) if (values[i] === label) position++;
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

/** The set of ids of stored classes, `kept` of them, and labels of those alone: for one class that is not stored. */
export function setMaps({ fields, stored }: ClassShape, kept: number): readonly MapShape[] {
  return kept === 0 ? [] : [...idSetMaps({ ids: countIds(fields), capacity: kept }), ...labelsOf(kept, stored, stored)]; // prettier-ignore
}

export function labelledSet(shape: ClassShape, labels: Uint8Array): StoredClasses {
  const { fields, classes, stored } = shape;
  const offsets = fieldOffsets(fields);
  const ofSet = labels.filter((label) => label < stored);
  const members = () => Uint32Array.from(labels.keys()).filter((id) => labels[id] < stored);
  const set = idSet({ ids: labels.length, capacity: ofSet.length }, members);
  const { maps, placeOf } = labelledItems(ofSet, stored, stored);
  return {
    maps: ofSet.length === 0 ? [] : [...set.maps, ...maps],
    form: { ...formOf(shape), form: 'set', set: set.stored, maps: ofSet.length === 0 ? [] : maps },
    placeOf(field, id) {
      const item = ofSet.length === 0 ? none : set.positionOf(offsets[field] + id);
      return item === none ? [classes - 1, 0] : placeOf(item);
    },
  };
}

/** Runs of ids of one class in each field, and of each run its first id and its class. */
export function runMaps({ fields, classes }: ClassShape, runs: readonly number[]): readonly MapShape[] {
  const all = sum(runs);
  return [
    { length: fields.length, bits: bitsFor(Math.max(...runs) + 1) },
    { length: all, bits: bitsFor(Math.max(...fields.map(({ cardinality }) => cardinality))) },
    { length: all, bits: bitsFor(classes) },
  ];
}

/** Runs of equal numbers in a list. */
export function runsIn(labels: ArrayLike<number>): number {
  let runs = 0;
  for (let i = 0; i < labels.length; i++) if (i === 0 || labels[i] !== labels[i - 1]) runs++;
  return runs;
}

export function inRuns(shape: ClassShape, labels: Uint8Array, runs: readonly number[]): StoredClasses {
  const { fields, classes, stored } = shape;
  const offsets = fieldOffsets(fields);
  const found = lazily(() => {
    const [starts, ofRuns]: number[][] = [[], []];
    fields.forEach(({ cardinality }, f) => {
      for (let id = 0; id < cardinality; id++) {
        const label = labels[offsets[f] + id];
        if (id > 0 && label === labels[offsets[f] + id - 1]) continue;
        starts.push(id);
        ofRuns.push(label);
      }
    });
    return [runs, starts, ofRuns].map((values) => Uint32Array.from(values));
  });
  const maps = runMaps(shape, runs).map(({ length, bits }, i) => idMap(length, bits, () => found()[i]));
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
    form: { ...formOf(shape), form: 'runs', maps },
    placeOf(field, id) {
      const { firsts, starts, ofRuns, positions } = index();
      let [low, high] = [firsts[field], firsts[field + 1]];
      while (high - low > 1) {
        const middle = (low + high) >>> 1;
        if (starts[middle] <= id) low = middle;
        else high = middle;
      }
      return [ofRuns[low], ofRuns[low] < stored ? positions[low] + id - starts[low] : 0];
    },
  };
}
