import { slotsPerBucket } from './sketch-state.ts';
import type { Layer } from '../../harness/contract/method.ts';
import { fullSize } from '../../harness/contract/size.ts';
import { largestWithin } from '../shared/budget/bisection.ts';
import { rowShares } from '../shared/budget/shares.ts';
import { sum } from '../../base/sum.ts';
import type { DedicatedRowsShape } from '../shared/dedicated-rows/row-numbers.ts';
import { chooseUncompressed } from '../shared/rows/keep-option.ts';

export interface DedicatedRowsRule {
  /** Share of the bytes for ids with rows of their own. */
  readonly hot: number;
  /** Hashes of an id. */
  readonly levels: 1 | 2;
  /** Fields with at most this many ids keep a row for each. */
  readonly keep: number;
  /** Bytes that tell the ids of so many dedicated rows among so many keys. */
  readonly tellingBytes: (keys: number, dedicated: number) => number;
}

/** Share of hashed rows for the second hash (the code of CAFE's authors). */
const secondShare = 0.3;

/**
 * Takes as many dedicated rows as their share of the bytes pays for, including what tells their ids, and hashed rows for the
 * rest: at least one per field and level.
 */
export function solveDedicatedRows(
  { fields, dim, budget }: Layer,
  rule: DedicatedRowsRule,
): DedicatedRowsShape {
  const rowBytes = 4 * dim;
  const uncompressed = chooseUncompressed(fields, rule.keep, Math.floor(budget / rowBytes));
  const others = fields.filter((_, f) => !uncompressed[f]).map(({ cardinality }) => cardinality);
  const keys = sum(others);
  const left = budget - (fullSize({ fields, dim }).servingBytes - rowBytes * keys);
  const bytes = (hot: number) => (hot === 0 ? 0 : hot * rowBytes + rule.tellingBytes(keys, hot));
  const hashed = (hot: number) => Math.floor((left - bytes(hot)) / rowBytes);
  const maxHot = Math.max(0, Math.min(keys, Math.floor((rule.hot * left) / rowBytes)));
  const dedicated = largestWithin(maxHot, (hot) => {
    return bytes(hot) <= rule.hot * left && hashed(hot) >= rule.levels * others.length;
  });
  // Without hot ids there is no sketch, and no id is known to be medium.
  const twice = rule.levels === 2 && dedicated > 0;
  const second = twice ? Math.max(others.length, Math.floor(secondShare * hashed(dedicated))) : 0;
  const perField = (rows: number, ofUncompressed: (cardinality: number) => number) => {
    const shares = rowShares(others, rows);
    return fields.map(({ cardinality }, f) =>
      uncompressed[f] ? ofUncompressed(cardinality) : shares.shift()!,
    );
  };
  return {
    dedicated,
    uncompressed,
    rows: perField(hashed(dedicated) - second, (n) => n),
    secondRows: twice ? perField(second, () => 0) : [],
    // Every slot of a sketch beside those of ids with a row may hold an id that is hashed twice.
    tracked: dedicated * (twice ? slotsPerBucket : 1),
  };
}
