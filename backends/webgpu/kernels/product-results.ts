import type { ProductForm } from './product-form.ts';
import type { Loaded, Round } from './product-loads.ts';
import type { Tile } from './tiles.ts';
import { each } from './wgsl.ts';

/** A function that puts four neighbours of a row of the result into memory. */
export function storing({ bias, relu, mask, quads }: ProductForm): string {
  if (quads.c)
    return `
fn put(start: u32, row: u32, column: u32, x: vec4f) {
  if (row >= params.rows || column >= params.columns) { return; }
  let i = (start + row * params.strideC + column) / 4;
  var y = x;
  ${bias ? 'y += bias[column / 4];' : ''}
  ${relu ? 'y = relu4(y);' : ''}
  ${mask ? 'y = select(vec4f(), y, bitcast<vec4i>(mask[i]) > vec4i());' : ''}
  if (params.add != 0) { y += c[i]; }
  c[i] = y;
}`;
  return `
fn putOne(start: u32, row: u32, column: u32, x: f32) {
  if (column >= params.columns) { return; }
  let i = start + row * params.strideC + column;
  var y = x;
  ${bias ? 'y += bias[column];' : ''}
  ${relu ? 'y = relu(y);' : ''}
  ${mask ? 'y = select(0.0, y, bitcast<i32>(mask[i]) > 0);' : ''}
  if (params.add != 0) { y += c[i]; }
  c[i] = y;
}
fn put(start: u32, row: u32, column: u32, x: vec4f) {
  if (row >= params.rows) { return; }
  var y = x;
  for (var e = 0u; e < 4; e++) { putOne(start, row, column + e, y[e]); }
}`;
}

/** Every thread's part of the tile, into memory. */
export function results({ tile }: ProductForm): string {
  const { rows, columns, threadRows, threadColumns } = tile;
  return each(threadColumns / 4, (q) =>
    each(threadRows, (r) => {
      const row = `firstRow + 4 * (down + ${Math.floor(r / 4) * (rows / threadRows)}) + ${r % 4}`;
      const column = `firstColumn + 4 * (across + ${q * (columns / threadColumns)})`;
      return `put(startC, ${row}, ${column}, c${r}_${q});`;
    }),
  );
}

/** The sums of every thread's quad of columns, added up in workgroup memory and written by the first row of tiles. */
export function columnSums(tile: Tile, b: Loaded, rounds: readonly Round[]): string {
  const [quads, fours] = [tile.columns / 4, tile.inner / 4];
  const put = rounds.map((round) =>
    round.on(b, (block) => `tileB[(${b.four(block)}) * ${quads} + ${b.quad(block)}] = sum;`),
  );
  return `
  workgroupBarrier();
  ${put.join('')}
  workgroupBarrier();
  if (firstRow == 0 && thread < ${quads}) {
    let total = ${each(fours, (i) => `tileB[${i * quads} + thread]`, ' + ')};
    for (var e = 0u; e < 4; e++) {
      let column = firstColumn + 4 * thread + e;
      if (column < params.columns) { sums[part * params.columns + column] = total[e]; }
    }
  }`;
}
