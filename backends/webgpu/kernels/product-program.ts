import { reads, writes, type Program } from '../program.ts';
import { memoised } from './memoised.ts';
import { nameOf, type ProductForm, productParams } from './product-form.ts';
import { loadsOf, operand } from './product-loads.ts';
import { columnSums, results, storing } from './product-results.ts';
import { threadsOf, type Tile } from './tiles.ts';
import { each, main, relu } from './wgsl.ts';

/**
 * c = a b, tile by tile. Threads bring blocks of 4 x 4 from memory into registers while the tile before is computed, and
 * put them into workgroup memory with the four neighbours of a row or column of the result side by side: a thread then
 * reads its operands four at a time, whichever way they lay in memory.
 */
export const productProgram = memoised((form: ProductForm): Program => {
  const { tile, transposeA, transposeB, quads, placed } = form;
  const threads = threadsOf(tile);
  const a = operand('a', 'rows', tile.rows, tile.inner, transposeA ? 'outer' : 'inner', quads.a);
  const b = operand('b', 'columns', tile.columns, tile.inner, transposeB ? 'inner' : 'outer', quads.b);
  const rounds = loadsOf(a, b, threads);
  if (form.sums && (transposeB || b.blocks > threads)) throw new Error('no sums of these columns');
  const place = (name: 'a' | 'b' | 'c') =>
    placed === 'none' ? 'batch' : placed === name ? 'places[batch].y' : 'places[batch].x';

  return {
    name: nameOf(form),
    buffers: [
      reads('a', quads.a ? 'vec4f' : 'f32'),
      reads('b', quads.b ? 'vec4f' : 'f32'),
      ...(form.bias ? [reads('bias', quads.c ? 'vec4f' : 'f32')] : []),
      ...(form.mask ? [reads('mask', quads.c ? 'vec4f' : 'f32')] : []),
      ...(placed === 'none' ? [] : [reads('places', 'vec2u')]),
      writes('c', quads.c ? 'vec4f' : 'f32'),
      ...(form.sums ? [writes('sums')] : []),
    ],
    params: productParams.map((name) => [name, 'u32'] as const),
    code: `
var<workgroup> tileA: array<vec4f, ${tile.inner * a.pitch}>;
var<workgroup> tileB: array<vec4f, ${tile.inner * b.pitch}>;
${a.load}${b.load}${relu}${storing(form)}
${main(
  threads,
  `
  if (group >= params.groups) { return; }
  let tilesAcross = (params.columns + ${tile.columns - 1}) / ${tile.columns};
  let tilesDown = (params.rows + ${tile.rows - 1}) / ${tile.rows};
  let batch = group % params.batches;
  let at = group / params.batches;
  let firstColumn = (at % tilesAcross) * ${tile.columns};
  let firstRow = (at / tilesAcross % tilesDown) * ${tile.rows};
  let part = at / tilesAcross / tilesDown;
  let startA = ${place('a')} * params.stepA;
  let startB = ${place('b')} * params.stepB;
  let startC = ${place('c')} * params.stepC + part * params.stepPart;
  let end = min(params.inner, (part + 1) * params.chunk);
  let down = thread / ${tile.columns / tile.threadColumns};
  let across = thread % ${tile.columns / tile.threadColumns};
  ${accumulators(tile)}
  ${form.sums ? 'var sum = vec4f();' : ''}
  ${each(rounds.length, (j) => `var l${j} = Block();`)}
  var first = part * params.chunk;
  let begin = first;
  loop { // the next tile is on its way from memory while the last one is multiplied
    if (first < end) {
      ${rounds.map((round) => round.load).join('')}
    }
    if (first != begin) {
      for (var k = 0u; k < ${tile.inner}; k++) {
        ${multiplyAdd(tile, a.pitch, b.pitch)}
      }
    }
    if (first >= end) { break; }
    workgroupBarrier();
    ${rounds.map((round) => round.store(form.sums)).join('')}
    workgroupBarrier();
    first += ${tile.inner};
  }
  ${results(form)}
  ${form.sums ? columnSums(tile, b, rounds) : ''}`,
)}`,
  };
});

const accumulators = ({ threadRows, threadColumns }: Tile) =>
  each(threadRows, (row) => each(threadColumns / 4, (q) => `var c${row}_${q} = vec4f();`, ' '));

/** Quads of a thread are as far apart as there are threads: neighbouring threads read neighbouring quads. */
function multiplyAdd({ rows, columns, threadRows, threadColumns }: Tile, pitchA: number, pitchB: number) {
  return `
      ${each(threadRows / 4, (q) => `let a${q} = tileA[k * ${pitchA} + down + ${q * (rows / threadRows)}];`)}
      ${each(threadColumns / 4, (q) => `let b${q} = tileB[k * ${pitchB} + across + ${q * (columns / threadColumns)}];`)}
      ${each(threadRows, (row) => {
        const factor = `vec4f(a${Math.floor(row / 4)}[${row % 4}])`;
        return each(threadColumns / 4, (q) => `c${row}_${q} = fma(${factor}, b${q}, c${row}_${q});`, ' ');
      })}`;
}
