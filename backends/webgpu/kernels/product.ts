import type { GpuBackend, Operand } from '../backend.ts';
import { productParams } from './product-form.ts';
import { productProgram } from './product-program.ts';
import { sumParts } from './sum-parts.ts';
import { divide, type Division } from './tiles.ts';

/** Matrices of an operand, one for every product of a batch. */
export interface Matrices {
  readonly data: Operand;
  /** Floats from a row in memory to the next. */
  readonly stride: number;
  /** Floats from a matrix to the next; 0 if it is one for all. */
  readonly step: number;
  /** It lies in memory the other way round. */
  readonly transposed?: boolean;
}

/** c = a b for every product of a batch: [rows, inner] x [inner, columns]. */
export interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly batches: number;
  readonly a: Matrices;
  readonly b: Matrices;
  readonly c: Matrices;
  /** [columns] */
  readonly bias?: Operand;
  readonly relu?: boolean;
  /** Laid out as c; the result is 0 if it is not positive. */
  readonly mask?: Operand;
  /** [columns]: takes the sums of b's columns. Only of one product, whose b is not transposed and c has no gaps. */
  readonly sums?: Operand;
  /**
   * Two numbers for every product of the batch: the second is the place of its matrix in the operand `placed`, the first
   * its place in the others. Without, both are the product's own number.
   */
  readonly places?: { readonly data: Operand; readonly placed: 'a' | 'b' | 'c' };
  /** Adds to what c has. */
  readonly add?: boolean;
}

/**
 * Runs a product. `inLong` is for sums that may be much longer than the result is large: they are computed in parts, which
 * are then added up in their order; c has no gaps then, and there is nothing to be done after the sums. `division` is what
 * is chosen for the problem, unless given.
 */
export function multiply(backend: GpuBackend, product: Product, inLong = false, division?: Division): void {
  const { rows, columns, inner, batches, a, b, c, bias, mask, sums, places } = product;
  const size = rows * columns * batches;
  if (size === 0) return;
  const { tile, splits, chunk } = division ?? divisionOf(backend, product, inLong);
  const contiguous = {
    a: a.transposed ? rows : inner,
    b: b.transposed ? inner : columns,
    c: columns,
  };
  const inQuads = ({ stride, step }: Matrices, length: number) =>
    [stride, step, length].every((n) => n % 4 === 0);
  const inParts = splits > 1;
  const program = productProgram({
    tile,
    transposeA: a.transposed ?? false,
    transposeB: b.transposed ?? false,
    quads: {
      a: inQuads(a, contiguous.a),
      b: inQuads(b, contiguous.b),
      c: inQuads(c, contiguous.c),
    },
    bias: bias !== undefined,
    relu: product.relu ?? false,
    mask: mask !== undefined,
    sums: sums !== undefined,
    placed: places?.placed ?? 'none',
  });
  const groups = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) * batches * splits;
  const partC = inParts ? backend.acquire(size * splits) : undefined;
  const partSums = inParts && sums !== undefined ? backend.acquire(columns * splits) : sums;
  const nothing = inner === 0 ? backend.acquire(4) : undefined; // memory of no bytes cannot be bound
  const numbers: Record<(typeof productParams)[number], number> = {
    rows,
    columns,
    inner,
    batches,
    chunk,
    groups,
    strideA: a.stride,
    strideB: b.stride,
    strideC: c.stride,
    stepA: a.step,
    stepB: b.step,
    stepC: c.step,
    stepPart: size,
    add: product.add ? 1 : 0,
  };
  backend.run(
    program,
    [
      nothing ?? a.data,
      nothing ?? b.data,
      ...(bias === undefined ? [] : [bias]),
      ...(mask === undefined ? [] : [mask]),
      ...(places === undefined ? [] : [places.data]),
      partC ?? c.data,
      ...(partSums === undefined ? [] : [partSums]),
    ],
    productParams.map((name) => numbers[name]),
    groups,
  );
  if (partC !== undefined) {
    sumParts(backend, partC, c.data, size, splits);
    backend.release(partC);
  }
  if (inParts && sums !== undefined) {
    sumParts(backend, partSums!, sums, columns, splits);
    backend.release(partSums as GPUBuffer);
  }
  if (nothing !== undefined) backend.release(nothing);
}

function divisionOf({ device: { limits } }: GpuBackend, product: Product, inLong: boolean): Division {
  const { rows, columns, inner, batches } = product;
  const { maxComputeWorkgroupStorageSize: bytes, maxComputeInvocationsPerWorkgroup: threads } = limits;
  return divide(rows, columns, inner, batches, inLong, bytes, threads);
}
