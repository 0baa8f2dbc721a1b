import { hash32 } from '../../base/hash.ts';
import { UserError } from '../../base/user-error.ts';
import { type ClassForm, type PlaceOf, readClasses } from './classes.ts';
import { type MapEntries, type Maps, none, readSet, type ReadSet, type SetForm } from './sets.ts';

/** Unsigned 32-bit integers [rows, columns]. */
export interface IndexArray {
  readonly data: Uint32Array;
  readonly columns: number;
}

interface Slots {
  readonly keys: number;
  readonly probes: number;
  readonly empty: number;
  readonly seed: number;
}

type Operand = number | readonly number[];

/** Operations on indices of one model. What is derived from its maps is derived once. */
export class IndexOperations {
  private readonly maps: Maps;
  private readonly sets = new WeakMap<object, ReadSet>();
  private readonly classes = new WeakMap<object, PlaceOf>();

  constructor(maps: Maps) {
    this.maps = maps;
  }

  run(
    op: string,
    inputs: Readonly<Record<string, IndexArray>>,
    attributes: Readonly<Record<string, unknown>>,
  ): IndexArray {
    const { x, other } = inputs;
    switch (op) {
      case 'index-plus':
        return each(x, attributes.by as Operand, (index, by) => index + by);
      case 'index-times':
        return each(x, attributes.by as Operand, (index, by) => Math.imul(index, by));
      case 'index-div':
        return each(x, attributes.by as Operand, (index, by) => Math.floor(index / by));
      case 'index-mod':
        return each(x, attributes.by as Operand, (index, by) => index % by);
      case 'index-and':
        return each(x, attributes.by as Operand, (index, by) => index & by);
      case 'index-hash':
        return each(x, attributes.by as Operand, hash32);
      case 'index-within':
        return within(x, attributes.from as Operand, attributes.to as Operand);
      case 'index-pick':
        return picked(x, attributes.columns as readonly number[]);
      case 'index-map':
        return { ...x, data: this.maps.at(attributes.map as number, x.data) };
      case 'index-with':
        return sideBySide(Object.values(inputs));
      case 'index-choose': {
        const here = attributes.here as readonly number[];
        return {
          ...x,
          data: x.data.map((index, at) => (here[at % x.columns] === 1 ? index : other.data[at])),
        };
      }
      case 'index-add':
        return {
          ...x,
          data: x.data.map((index, at) =>
            index === none || other.data[at] === none ? none : index + other.data[at],
          ),
        };
      case 'index-or':
        return { ...x, data: x.data.map((index, at) => (index === none ? other.data[at] : index)) };
      case 'index-unless':
        return { ...x, data: x.data.map((index, at) => (other.data[at] === none ? index : none)) };
      case 'index-known':
        return { ...x, data: x.data.map((index) => Number(index !== none)) };
      case 'index-among': {
        const set = this.set(attributes.set as SetForm);
        return each(x, 0, (index) => (set.has(index) ? set.below(index) : none));
      }
      case 'index-besides': {
        const set = this.set(attributes.set as SetForm);
        return each(x, 0, (index) => (set.has(index) ? none : index - set.below(index)));
      }
      case 'index-class': {
        const placeOf = this.placeOf(attributes.classes as ClassForm);
        const data = x.data.map((index, at) => {
          if (index === none) return none;
          const [label, position] = placeOf(at % x.columns, index);
          return label === attributes.label ? position : none;
        });
        return { ...x, data };
      }
      case 'index-probed': {
        const slots = attributes.slots as Slots;
        const keys = this.maps.entries(slots.keys);
        return each(x, 0, (index) => slotOf(keys, slots, index));
      }
      default:
        throw new UserError(`this reader does not know the operation ${op}; use a newer one`);
    }
  }

  private set(form: SetForm): ReadSet {
    let set = this.sets.get(form);
    if (set === undefined) this.sets.set(form, (set = readSet(form, this.maps)));
    return set;
  }

  private placeOf(form: ClassForm): PlaceOf {
    let classes = this.classes.get(form);
    if (classes === undefined) this.classes.set(form, (classes = readClasses(form, this.maps)));
    return classes;
  }
}

/** Changes every index but `none`, by an operand for each column. */
function each(
  { data, columns }: IndexArray,
  by: Operand,
  change: (index: number, by: number) => number,
): IndexArray {
  const changed = new Uint32Array(data.length);
  for (let at = 0, column = 0; at < data.length; at++, column = column + 1 === columns ? 0 : column + 1)
    changed[at] = data[at] === none ? none : change(data[at], typeof by === 'number' ? by : by[column]);
  return { data: changed, columns };
}

function within(x: IndexArray, from: Operand, to: Operand): IndexArray {
  const ends = Array.from({ length: x.columns }, (_, column) => (typeof to === 'number' ? to : to[column]));
  const starts = Array.from({ length: x.columns }, (_, column) =>
    typeof from === 'number' ? from : from[column],
  );
  const data = x.data.map((index, at) => {
    const column = at % x.columns;
    return index >= starts[column] && index < ends[column] ? index - starts[column] : none;
  });
  return { data, columns: x.columns };
}

function picked({ data, columns }: IndexArray, asked: readonly number[]): IndexArray {
  const rows = data.length / columns;
  const found = new Uint32Array(rows * asked.length);
  for (let row = 0, to = 0; row < rows; row++)
    for (const column of asked) found[to++] = data[row * columns + column];
  return { data: found, columns: asked.length };
}

function sideBySide(parts: readonly IndexArray[]): IndexArray {
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const rows = parts[0].data.length / parts[0].columns;
  const data = new Uint32Array(rows * columns);
  for (let row = 0, to = 0; row < rows; row++)
    for (const part of parts) {
      data.set(part.data.subarray(row * part.columns, (row + 1) * part.columns), to);
      to += part.columns;
    }
  return { data, columns };
}

/** The slot of a key: one of the first `probes` from its hash on, before the first empty one. */
function slotOf(keys: MapEntries, { probes, empty, seed }: Slots, key: number): number {
  let slot = hash32(key, seed) % keys.length;
  for (let probe = 0; probe < probes; probe++) {
    if (keys[slot] === key) return slot;
    if (keys[slot] === empty) return none;
    if (++slot === keys.length) slot = 0;
  }
  return none;
}
