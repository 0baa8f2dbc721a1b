import type { GpuBackend, Operand } from '../backend.ts';
import { type Program, reads, writes } from '../program.ts';
import { register } from '../register.ts';
import { memoised } from './memoised.ts';
import { sumParts } from './sum-parts.ts';
import { main } from './wgsl.ts';

const threads = 256;
/** Parts that the rows are summed in at most: enough workgroups for a large card where there are few columns. */
const maxParts = 512;
/** Rows of a part for each thread, at least. */
const fewest = 8;

export function registerColumnSums(): void {
  register('ColumnSums', (backend, { x }) => {
    const [rows, columns] = x.shape;
    const sums = backend.output([columns], 'float32');
    columnSums(backend, x, sums, rows, columns);
    return sums;
  });
}

/** x: [rows, columns] -> sums: [columns]. In parts, added up in their order: the same bits every time. */
export function columnSums(
  backend: GpuBackend,
  x: Operand,
  sums: Operand,
  rows: number,
  columns: number,
): void {
  if (columns === 0) return;
  const across = Math.min(64, 2 ** Math.ceil(Math.log2(columns)));
  const down = threads / across;
  const tiles = Math.ceil(columns / across);
  const parts = Math.max(1, Math.min(Math.ceil(maxParts / tiles), Math.floor(rows / (down * fewest))));
  const chunk = Math.ceil(rows / parts);
  const partial = parts > 1 ? backend.acquire(parts * columns) : undefined;
  const nothing = rows === 0 ? backend.acquire(1) : undefined; // memory of no bytes cannot be bound
  const groups = tiles * parts;
  backend.run(
    program(across),
    [nothing ?? x, partial ?? sums],
    [rows, columns, chunk, tiles, groups],
    groups,
  );
  if (partial !== undefined) {
    sumParts(backend, partial, sums, columns, parts);
    backend.release(partial);
  }
  if (nothing !== undefined) backend.release(nothing);
}

/** A workgroup sums some columns of one part: as many rows at a time as its threads span, and then those sums. */
const program = memoised((across: number): Program => {
  const down = threads / across;
  return {
    name: 'ColumnSums',
    buffers: [reads('x'), writes('sums')],
    params: ['rows', 'columns', 'chunk', 'tiles', 'groups'].map((name) => [name, 'u32']),
    code: `
var<workgroup> partial: array<f32, ${threads}>;
${main(
  threads,
  `
  if (group >= params.groups) { return; }
  let part = group / params.tiles;
  let column = (group % params.tiles) * ${across} + thread % ${across};
  let end = min(params.rows, (part + 1) * params.chunk);
  var sum = 0.0;
  if (column < params.columns) {
    for (var row = part * params.chunk + thread / ${across}; row < end; row += ${down}) {
      sum += x[row * params.columns + column];
    }
  }
  partial[thread] = sum;
  for (var half = ${threads / 2}u; half >= ${across}; half /= 2) {
    workgroupBarrier();
    if (thread < half) { partial[thread] += partial[thread + half]; }
  }
  if (thread < ${across} && column < params.columns) { sums[part * params.columns + column] = partial[thread]; }`,
)}`,
  };
});
