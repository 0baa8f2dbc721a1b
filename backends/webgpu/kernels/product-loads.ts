import { each } from './wgsl.ts';

export interface Loaded {
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
export function operand(
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

export interface Round {
  readonly load: string;
  store(sum: boolean): string;
  /** `body` for threads that have a block of the operand in this round. */
  on(operand: Loaded, body: (block: string) => string): string;
}

/** Blocks of a and then of b, dealt out to the threads round after round. */
export function loadsOf(a: Loaded, b: Loaded, threads: number): Round[] {
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
