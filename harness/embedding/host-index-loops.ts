import { none, type IndexLoops, type IndexOperation } from '../contract/backend.ts';
import { hash32 } from '../../base/hash.ts';

/** Index arithmetic in this process, for backends that bring none. */
export const hostIndexLoops: IndexLoops = {
  apply(operation, values, operands) {
    const changed = new Uint32Array(values.length);
    const change = operations[operation];
    for (let i = 0; i < values.length;)
      for (let field = 0; field < operands.length; field++, i++)
        changed[i] = values[i] === none ? none : change(values[i], operands[field]);
    return changed;
  },

  within(values, from, to) {
    const shifted = new Uint32Array(values.length);
    for (let i = 0; i < values.length;)
      for (let field = 0; field < from.length; field++, i++) {
        const index = values[i];
        shifted[i] = index >= from[field] && index < to[field] ? index - from[field] : none;
      }
    return shifted;
  },

  pick(values, fields, columns) {
    const rows = values.length / fields;
    const picked = new Uint32Array(rows * columns.length);
    for (let row = 0, to = 0; row < rows; row++)
      for (let k = 0; k < columns.length; k++) picked[to++] = values[row * fields + columns[k]];
    return picked;
  },

  choose(here, values, others) {
    const chosen = new Uint32Array(values.length);
    for (let i = 0; i < values.length;)
      for (let field = 0; field < here.length; field++, i++)
        chosen[i] = here[field] === 1 ? values[i] : others[i];
    return chosen;
  },

  through(values, map) {
    const mapped = new Uint32Array(values.length);
    for (let i = 0; i < mapped.length; i++) {
      const index = values[i];
      if (index !== none && index >= map.length)
        throw new RangeError(`index ${index} is outside a map of ${map.length} entries`);
      mapped[i] = index === none ? none : map[index];
    }
    return mapped;
  },
};

const operations: Record<IndexOperation, (index: number, operand: number) => number> = {
  plus: (index, addend) => index + addend,
  // Both are below 2^32, so the double quotient rounds down to the exact one.
  div: (index, divisor) => Math.floor(index / divisor),
  mod: (index, divisor) => index % divisor,
  and: (index, mask) => index & mask,
  hash: hash32,
};
