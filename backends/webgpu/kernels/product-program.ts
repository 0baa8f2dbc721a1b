import { reads, writes, type Program } from '../program.ts';
import { memoised } from './memoised.ts';
import { threadsOf, type Tile } from './tiles.ts';
import { each, main, relu } from './wgsl.ts';

/** What a product's program is made for; all else comes with a dispatch. */
export interface ProductForm {
  readonly tile: Tile;
  /** Operands that lie in memory the other way round: [inner, rows], [columns, inner]. */
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Which have rows in memory whose lengths and beginnings are multiples of four floats. */
  readonly quads: { readonly a: boolean; readonly b: boolean; readonly c: boolean };
  /** Added to every row of the result: [columns]. */
  readonly bias: boolean;
  readonly relu: boolean;
  /** [rows, columns]: the result is 0 where it is not positive. Laid out as c. */
  readonly mask: boolean;
  /** The columns of b are summed, too. Of a b that is not transposed, and batches of one. */
  readonly sums: boolean;
  /** The operand whose matrices are taken by the second number of a batch's place, others by the first. */
  readonly placed: 'none' | 'a' | 'b' | 'c';
}

/** In the order of the program's parameters. */
export const productParams = [
  'rows',
  'columns',
  'inner',
  'batches',
  'chunk', // of inner, for each part of a sum
  'groups', // workgroups with something to do
  'strideA', // floats between rows in memory
  'strideB',
  'strideC',
  'stepA', // floats between the batch's matrices
  'stepB',
  'stepC',
  'stepPart', // floats of c between parts of the sums
  'add', // 1: to what c has
] as const;

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

interface Loaded {
  readonly name: 'a' | 'b';
  /** Blocks of 4 x 4 in a tile. */
  readonly blocks: number;
  /** Quads from one k of the tile to the next in workgroup memory. */
  readonly pitch: number;
  /** The quad and the four k of a block. */
  quad(block: string): string;
  four(block: string): string;
  readonly load: string;
}

/**
 * Functions that load a block of an operand: at each k, four neighbours of a row (a) or column (b) of the result. Zeros
 * outside. contiguous: which index has neighbours in memory.
 */
function operand(
  name: 'a' | 'b',
  outer: 'rows' | 'columns',
  size: number,
  inner: number,
  contiguous: 'inner' | 'outer',
  quads: boolean,
): Loaded {
  const [across, fours, upper] = [size / 4, inner / 4, name.toUpperCase()];
  const load = (row: string, column: string, rowEnd: string, columnEnd: string) =>
    `load${upper}(start, ${row}, ${column}, ${rowEnd}, ${columnEnd})`;
  const four =
    contiguous === 'outer'
      ? each(4, (i) => load(`first + ${i}`, 'outer', 'end', `params.${outer}`), ', ')
      : each(4, (i) => load(`outer + ${i}`, 'first', `params.${outer}`, 'end'), ', ');
  return {
    name,
    blocks: across * fours,
    // Threads of a warp put a block that was turned at four k at once: that must not be the same banks.
    pitch: across + (contiguous === 'inner' ? 1 : 0),
    // Neighbouring threads take what neighbours in memory.
    quad: (block) => (contiguous === 'outer' ? `(${block}) % ${across}` : `(${block}) / ${fours}`),
    four: (block) => (contiguous === 'outer' ? `(${block}) / ${across}` : `(${block}) % ${fours}`),
    load: `
fn load${upper}(start: u32, row: u32, column: u32, rowEnd: u32, columnEnd: u32) -> vec4f {
  let i = start + row * params.stride${upper} + column;
  var x = vec4f();
  ${
    quads
      ? `if (row < rowEnd && column < columnEnd) { x = ${name}[i / 4]; }`
      : `if (row < rowEnd) {
    for (var e = 0u; e < 4; e++) {
      if (column + e < columnEnd) { x[e] = ${name}[i + e]; }
    }
  }`
  }
  return x;
}
fn block${upper}(start: u32, outer: u32, first: u32, end: u32) -> Block {
  ${
    contiguous === 'outer'
      ? `return Block(${four});`
      : `let x = mat4x4f(${four});
  let turned = transpose(x);
  return Block(turned[0], turned[1], turned[2], turned[3]);`
  }
}
${name === 'a' ? 'struct Block { v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f }' : ''}`,
  };
}

interface Round {
  readonly load: string;
  store(sum: boolean): string;
  /** `body` for threads that have a block of the operand in this round. */
  on(operand: Loaded, body: (block: string) => string): string;
}

/** Blocks of a and then of b, dealt out to the threads round after round. */
function loadsOf(a: Loaded, b: Loaded, threads: number): Round[] {
  const total = a.blocks + b.blocks;
  return Array.from({ length: Math.ceil(total / threads) }, (_, j): Round => {
    const from = j * threads;
    const on = ({ name, blocks }: Loaded, body: (block: string) => string) => {
      const begin = name === 'a' ? 0 : a.blocks;
      if (from + threads <= begin || from >= begin + blocks) return '';
      const conditions = [
        ...(from < begin ? [`thread >= ${begin - from}`] : []),
        ...(from + threads > begin + blocks ? [`thread < ${begin + blocks - from}`] : []),
      ];
      const text = `{ ${body(from >= begin ? `thread + ${from - begin}` : `thread - ${begin - from}`)} }`;
      return conditions.length === 0 ? text : `if (${conditions.join(' && ')}) ${text}\n`;
    };
    const both = (body: (operand: Loaded, block: string) => string) =>
      [a, b].map((operand) => on(operand, (block) => body(operand, block))).join('');
    return {
      on,
      load: both((operand, block) => {
        const [upper, firstOuter] = operand === a ? ['A', 'firstRow'] : ['B', 'firstColumn'];
        const outer = `${firstOuter} + 4 * (${operand.quad(block)})`;
        return `l${j} = block${upper}(start${upper}, ${outer}, first + 4 * (${operand.four(block)}), end);`;
      }),
      store: (sums) =>
        both((operand, block) => {
          const to = `tile${operand === a ? 'A' : 'B'}`;
          const at = (k: number) =>
            `(4 * (${operand.four(block)}) + ${k}) * ${operand.pitch} + ${operand.quad(block)}`;
          const sum = sums && operand === b ? `sum += (l${j}.v0 + l${j}.v1) + (l${j}.v2 + l${j}.v3);` : '';
          return each(4, (k) => `${to}[${at(k)}] = l${j}.v${k};`, ' ') + sum;
        }),
    };
  });
}

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

/** A function that puts four neighbours of a row of the result into memory. */
function storing({ bias, relu, mask, quads }: ProductForm): string {
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

function results({ tile }: ProductForm): string {
  const { rows, columns, threadRows, threadColumns } = tile;
  return each(threadColumns / 4, (q) =>
    each(threadRows, (r) => {
      const row = `firstRow + 4 * (down + ${Math.floor(r / 4) * (rows / threadRows)}) + ${r % 4}`;
      const column = `firstColumn + 4 * (across + ${q * (columns / threadColumns)})`;
      return `put(startC, ${row}, ${column}, c${r}_${q});`;
    }),
  );
}

/** What every thread has summed of its quad of columns, added up in workgroup memory and written by the first row of tiles. */
function columnSums(tile: Tile, b: Loaded, rounds: readonly Round[]): string {
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

function nameOf({ tile, transposeA, transposeB, bias, relu, mask, sums, placed }: ProductForm): string {
  const does = Object.entries({ bias, relu, mask, sums, placed: placed !== 'none' }).filter(([, on]) => on);
  const layout = `${transposeA ? 't' : 'n'}${transposeB ? 't' : 'n'}`;
  return [
    'product',
    layout,
    `${tile.rows}x${tile.columns}x${tile.inner}`,
    ...does.map(([name]) => name),
  ].join(' ');
}
