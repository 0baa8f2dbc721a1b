import type { Layer } from '../../harness/contract/method.ts';
import { fullSize } from '../../harness/contract/size.ts';
import type { OwnedRowsShape } from '../shared/dedicated-rows/dedicated-rows.ts';
import { largestWithin } from '../shared/budget/bisection.ts';
import { rowShares } from '../shared/budget/shares.ts';
import { chooseUncompressed } from '../shared/rows/uncompressed-fields.ts';
import { sum } from '../../base/sum.ts';

export interface OwnedRowsRule {
  /** Share of the bytes for ids with rows of their own. */
  readonly hot: number;
  /** Hashes of an id. */
  readonly levels: 1 | 2;
  /** Fields with at most this many ids keep a row for each. */
  readonly keep: number;
  /** What it takes to tell the owners of so many rows among so many keys. */
  readonly mapBytes: (keys: number, hotRows: number) => number;
}

/** Of hashed rows, those of the second hash (the code of CAFE's authors). */
const secondShare = 0.3;

/**
 * As many hot rows as their share of the bytes pays for, what tells their ids included, and hashed rows of the rest: one per
 * field and level at least, where the budget allows no more than that.
 */
export function solveOwnedRows({ fields, dim, budget }: Layer, rule: OwnedRowsRule): OwnedRowsShape {
  const rowBytes = 4 * dim;
  const whole = chooseUncompressed(fields, rule.keep, Math.floor(budget / rowBytes));
  const others = fields.filter((_, f) => !whole[f]).map(({ cardinality }) => cardinality);
  const keys = sum(others);
  const left = budget - (fullSize({ fields, dim }).servingBytes - rowBytes * keys);
  const bytes = (hot: number) => (hot === 0 ? 0 : hot * rowBytes + rule.mapBytes(keys, hot));
  const hashed = (hot: number) => Math.floor((left - bytes(hot)) / rowBytes);
  const maxHot = Math.max(0, Math.min(keys, Math.floor((rule.hot * left) / rowBytes)));
  const hotRows = largestWithin(maxHot, (hot) => {
    return bytes(hot) <= rule.hot * left && hashed(hot) >= rule.levels * others.length;
  });
  // Where no id is hot, none is known to be medium.
  const twice = rule.levels === 2 && hotRows > 0;
  const second = twice ? Math.max(others.length, Math.floor(secondShare * hashed(hotRows))) : 0;
  const perField = (rows: number, ofWhole: (cardinality: number) => number) => {
    const shares = rowShares(others, rows);
    return fields.map(({ cardinality }, f) => (whole[f] ? ofWhole(cardinality) : shares.shift()!));
  };
  return {
    hotRows,
    whole,
    rows: perField(hashed(hotRows) - second, (n) => n),
    secondRows: twice ? perField(second, () => 0) : [],
  };
}
