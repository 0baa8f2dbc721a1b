import { sum } from '../../../base/sum.ts';
import type { Layer, Plan, Serving } from '../../../harness/contract/method.ts';
import { anythingWithin } from '../budget/plan-within.ts';
import { sortedByCount } from '../frequency/hot-ids.ts';
import { cutRange, fieldRanges } from '../frequency/popularity.ts';
import { countIds } from '../rows/table-parts.ts';
import { planWithWidths, widthBytes } from './block-widths.ts';

/** Coordinates of fields that a search has put in an order, and how they are paid for. */
export interface Purchase {
  /** Widths that are had already. */
  readonly start: readonly number[];
  /** The field of each further coordinate, those wanted most first. */
  readonly wanted: readonly number[];
  readonly bytes: number;
  readonly bytesOf: (field: number, width: number) => number;
}

export interface Bought {
  readonly widths: readonly number[];
  /** Bytes that are left. */
  readonly left: number;
  /** The fields that wanted more than there was, those that wanted it most first. */
  readonly missed: readonly number[];
}

/** Takes one coordinate after the other, and passes over those that do not fit: smaller fields may still use what is left. */
export function buyWidths({ start, wanted, bytes, bytesOf }: Purchase): Bought {
  const widths = [...start];
  const missed = new Set<number>();
  let left = bytes - sum(start.map((width, f) => bytesOf(f, width)));
  for (const f of wanted) {
    const more = bytesOf(f, widths[f] + 1) - bytesOf(f, widths[f]);
    if (more > left) {
      missed.add(f);
      continue;
    }
    widths[f]++;
    left -= more;
  }
  return { widths, left, missed: [...missed] };
}

/** The width that rows have: that of the model where a matrix would take more than the coordinates that are missing. */
export function boughtWidth(cardinality: number, width: number, dim: number): number {
  return widthBytes(cardinality, width, dim) < widthBytes(cardinality, dim, dim) ? width : dim;
}

/** Bytes of a field's rows and its matrix. They never fall as it gets wider. */
export function boughtBytes(cardinality: number, width: number, dim: number): number {
  return widthBytes(cardinality, boughtWidth(cardinality, width, dim), dim);
}

/**
 * The layer of the widths that a search has found: `start`, and what fits of the coordinates that are `wanted` besides. Bytes that are
 * left make the most frequent ids of a field that missed a coordinate wider by one, where ids are in the order of their counts.
 */
export function planBought(layer: Layer, start: readonly number[], wanted: readonly number[]): Plan {
  const { fields, dim, budget } = layer;
  const bytesOf = (f: number, width: number) => boughtBytes(fields[f].cardinality, width, dim);
  const { widths, left, missed } = buyWidths({ start, wanted, bytes: budget, bytesOf });
  const whole = widths.map((width, f) => boughtWidth(fields[f].cardinality, width, dim));
  const cut = cutFor(layer, whole, left, missed);
  const ranges = fieldRanges(fields).map(([range], f) =>
    cut?.field === f ? cutRange(fields[f], range, cut.rows) : [range],
  );
  const ofBlocks = whole.flatMap((width, f) => (cut?.field === f ? [width + 1, width] : [width]));
  return {
    ...planWithWidths(layer, { ranges }, ofBlocks),
    // Ids without coordinates are zeros, whichever they are.
    toldApart: {
      byField: fields.map(({ cardinality }, f) =>
        whole[f] > 0 ? cardinality : cut?.field === f ? cut.rows : 0,
      ),
    },
  };
}

/**
 * The form of such a layer as long as its widths are not known: a key at most for each float, and matrices apart from rows, because a
 * wrapper stores rows alone in fewer bits.
 */
export function anyWidthsWithin(layer: Pick<Layer, 'fields' | 'budget' | 'dim'>): Serving {
  const { fields, budget } = layer;
  const anyField = Math.min(countIds(fields), Math.floor(budget / 4));
  const matrices = Math.min(Math.floor(budget / 4), mostInMatrices(layer));
  return {
    ...anythingWithin(budget - 4 * matrices),
    weights: matrices > 0 ? [{ shape: [matrices], init: { mean: 0, halfWidth: 0 } }] : [],
    toldApart: { byField: fields.map(() => 0), anyField },
  };
}

/**
 * Floats of matrices, at most. A field's matrix is the larger a part of what it takes the fewer ids it has, whatever its width: so
 * that most are bought by the smallest fields, and a last one in part. One field may be cut, and has a second matrix.
 */
function mostInMatrices({ fields, budget, dim }: Pick<Layer, 'fields' | 'budget' | 'dim'>): number {
  let left = budget;
  let floats = dim * (dim - 1);
  for (const n of fields.map(({ cardinality }) => cardinality).sort((a, b) => a - b)) {
    let width = dim - 1;
    while (width > 0 && boughtWidth(n, width, dim) === dim) width--;
    if (width === 0 || left === 0) continue;
    const bytes = Math.min(left, widthBytes(n, width, dim));
    floats += Math.ceil((width * dim * bytes) / widthBytes(n, width, dim));
    left -= bytes;
  }
  return floats;
}

/** The first ids of a field that are wider than its others. */
interface Cut {
  readonly field: number;
  readonly rows: number;
}

function cutFor(
  { fields, dim }: Layer,
  widths: readonly number[],
  left: number,
  missed: readonly number[],
): Cut | undefined {
  const sorted = sortedByCount(fields);
  for (const field of missed) {
    // Rows of the new width have a matrix of their own.
    const matrix = widthBytes(0, widths[field] + 1, dim);
    const rows = Math.min(fields[field].cardinality - 1, Math.floor((left - matrix) / 4));
    if (sorted[field] && widths[field] < dim && rows >= 1) return { field, rows };
  }
  return undefined;
}
