import { type Maps, none, readSet, type SetForm } from './sets.ts';

/** Classes of ids, as maps have them (harness/contract/index-formula.ts, StoredClassForm). */
export interface ClassForm {
  readonly offsets: readonly number[];
  readonly ids: number;
  readonly classes: number;
  readonly stored: number;
  readonly stretch: number;
  readonly form: 'labels' | 'set' | 'runs';
  readonly set?: SetForm;
  /** Numbers of maps. */
  readonly maps: readonly number[];
}

/** The class of an id of a field, and its position among the ids of that class; 0 in classes without positions. */
export type PlaceOf = (field: number, id: number) => readonly [label: number, position: number];

export function readClasses(classes: ClassForm, content: Maps): PlaceOf {
  const { form, offsets, set } = classes;
  if (form === 'runs') return runs(classes, content);
  if (form === 'labels') {
    const placeOf = labels(classes, content);
    return (field, id) => placeOf(offsets[field] + id);
  }
  const last = [classes.classes - 1, 0] as const;
  if (classes.maps.length === 0) return () => last;
  const members = readSet(set!, content);
  const placeOf = labels(classes, content);
  return (field, id) => {
    const number = offsets[field] + id;
    return members.has(number) ? placeOf(members.below(number)) : last;
  };
}

/** A label for every item, and the items of each stored class before every stretch of them. */
function labels({ maps, stored, stretch }: ClassForm, content: Maps) {
  const ofItems = content.entries(maps[0]);
  const before = maps.length > 1 ? content.entries(maps[1]) : undefined;
  return (item: number): readonly [label: number, position: number] => {
    const label = ofItems[item];
    if (label >= stored) return [label, 0];
    const first = Math.floor(item / stretch);
    let position = before![first * stored + label];
    for (let i = first * stretch; i < item; i++) if (ofItems[i] === label) position++;
    return [label, position];
  };
}

/** Runs of ids of one class: how many each field has, their first ids, their classes. */
function runs({ maps, stored, classes, offsets, ids }: ClassForm, content: Maps): PlaceOf {
  const [counts, starts, ofRuns] = maps.map((map) => content.entries(map));
  const firsts = [0];
  for (const count of counts) firsts.push(firsts.at(-1)! + count);
  const next = new Uint32Array(classes);
  const positions = new Uint32Array(starts.length);
  counts.forEach((_, field) => {
    const cardinality = (offsets[field + 1] ?? ids) - offsets[field];
    for (let run = firsts[field]; run < firsts[field + 1]; run++) {
      const end = run + 1 < firsts[field + 1] ? starts[run + 1] : cardinality;
      positions[run] = next[ofRuns[run]];
      next[ofRuns[run]] += end - starts[run];
    }
  });
  return (field, id) => {
    let [low, high] = [firsts[field], firsts[field + 1]];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (starts[middle] <= id) low = middle;
      else high = middle;
    }
    return [ofRuns[low], ofRuns[low] < stored ? positions[low] + id - starts[low] : 0];
  };
}

export { none };
