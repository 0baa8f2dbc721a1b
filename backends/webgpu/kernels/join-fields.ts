import type { GpuBackend, Operand } from '../backend.ts';
import { type Program, reads, writes } from '../program.ts';
import { register, type Inputs } from '../register.ts';
import { memoised } from './memoised.ts';
import { multiply } from './product.ts';
import { main } from './wgsl.ts';

/**
 * Vectors of fields put together, and the gradients of one group (harness/ops/join-fields.ts). A member of a group is a
 * matrix of a batch of products: its samples lie `members` or `fields` vectors apart.
 */
export function registerJoinFields(): void {
  register('JoinFields', (backend, inputs, attributes) => {
    const { members, fields, dim } = attributes as { members: number[][]; fields: number; dim: number };
    const [batch] = inputs.x0.shape;
    const y = backend.output([batch, fields, dim], 'float32');
    for (const round of rounds(members, fields)) {
      const x = inputs[`x${round.group}`];
      const matrices = (inputs as Partial<Inputs>)[`matrices${round.group}`];
      const places = placesOf(backend, round.places);
      const [, own, width] = x.shape;
      const count = round.places.length;
      if (matrices === undefined || round.places[0][0] === nobody)
        copyVectors(backend, [x, places, y], batch, count, dim, own, fields, round.add);
      else
        multiply(backend, {
          rows: batch,
          columns: dim,
          inner: width,
          batches: count,
          a: { data: x, stride: own * width, step: width },
          b: { data: matrices, stride: dim, step: width * dim },
          c: { data: y, stride: fields * dim, step: dim },
          places: { data: places, placed: 'c' },
          add: round.add,
        });
    }
    return y;
  });

  register('JoinFieldsGradX', (backend, { dy, matrices }, attributes) => {
    const [batch, fields, dim] = dy.shape;
    const members = attributes.members as number[];
    const count = members.length;
    if ((matrices as typeof matrices | undefined) === undefined) {
      const dx = backend.output([batch, count, dim], 'float32');
      const places = placesOf(
        backend,
        members.map((field, member) => [field, member]),
      );
      copyVectors(backend, [dy, places, dx], batch, count, dim, fields, count, false);
      return dx;
    }
    const width = matrices.shape[1];
    const dx = backend.output([batch, count, width], 'float32');
    multiply(backend, {
      rows: batch,
      columns: width,
      inner: dim,
      batches: count,
      a: { data: dy, stride: fields * dim, step: dim },
      b: { data: matrices, stride: dim, step: width * dim, transposed: true },
      c: { data: dx, stride: count * width, step: width },
      places: { data: placesOf(backend, ofMembers(members)), placed: 'a' },
    });
    return dx;
  });

  register('JoinFieldsGradMatrices', (backend, { x, dy }, attributes) => {
    const [batch, count, width] = x.shape;
    const [, fields, dim] = dy.shape;
    const members = attributes.members as number[];
    const dMatrices = backend.output([count, width, dim], 'float32');
    const product = {
      rows: width,
      columns: dim,
      inner: batch,
      batches: count,
      a: { data: x, stride: count * width, step: width, transposed: true },
      b: { data: dy, stride: fields * dim, step: dim },
      c: { data: dMatrices, stride: dim, step: width * dim },
      places: { data: placesOf(backend, ofMembers(members)), placed: 'b' as const },
    };
    multiply(backend, product, true);
    return dMatrices;
  });
}

/** The places where a member's vectors come from and go to. */
type Place = readonly [from: number, to: number];
/** A field without members comes from there: zeros. */
const nobody = 0xffffffff;

const ofMembers = (members: readonly number[]) => members.map((field, member): Place => [member, field]);

const placesOf = (backend: GpuBackend, places: readonly Place[]): GPUBuffer =>
  backend.constants.of(Uint32Array.from(places.flat()));

interface Round {
  readonly group: number;
  readonly places: readonly Place[];
  /** Adds to what the fields have already. */
  readonly add: boolean;
}

/** Members of a group of which no two go to one field: what can be done at once. */
function rounds(members: readonly (readonly number[])[], fields: number): Round[] {
  const seen = new Array<number>(fields).fill(0); // members that a field had so far
  const found: Round[] = [];
  members.forEach((ofGroup, group) => {
    const places = new Map<number, Place[]>();
    ofGroup.forEach((field, member) => {
      const before = seen[field]++;
      places.set(before, [...(places.get(before) ?? []), [member, field]]);
    });
    for (const [before, ofRound] of places) found.push({ group, places: ofRound, add: before > 0 });
  });
  const empty = seen.flatMap((count, field): Place[] => (count === 0 ? [[nobody, field]] : []));
  return [...(empty.length > 0 ? [{ group: 0, places: empty, add: false }] : []), ...found].sort(
    (a, b) => Number(a.add) - Number(b.add),
  );
}

/** Elements are floats, or quads of them where vectors are made of those. */
const copyProgram = memoised((element: 'f32' | 'vec4f'): Program => {
  return {
    name: 'JoinFields (vectors)',
    buffers: [reads('x', element), reads('places', 'vec2u'), writes('y', element)],
    params: ['size', 'count', 'dim', 'xVectors', 'yVectors', 'add'].map((name) => [name, 'u32']),
    code: main(
      256,
      `
  let i = group * 256 + thread;
  if (i >= params.size) { return; }
  let column = i % params.dim;
  let member = i / params.dim % params.count;
  let sample = i / params.dim / params.count;
  let place = places[member];
  let to = (sample * params.yVectors + place.y) * params.dim + column;
  var value = ${element}();
  if (place.x != ${nobody}u) { value = x[(sample * params.xVectors + place.x) * params.dim + column]; }
  if (params.add != 0) { value += y[to]; }
  y[to] = value;`,
    ),
  };
});

/** operands: x [batch, xVectors, dim], places [count], y [batch, yVectors, dim]; y at the second numbers takes x at the first. */
function copyVectors(
  backend: GpuBackend,
  operands: readonly Operand[],
  batch: number,
  count: number,
  dim: number,
  xVectors: number,
  yVectors: number,
  add: boolean,
): void {
  const [element, length] = dim % 4 === 0 ? (['vec4f', dim / 4] as const) : (['f32', dim] as const);
  const size = batch * count * length;
  const numbers = [size, count, length, xVectors, yVectors, Number(add)];
  backend.run(copyProgram(element), operands, numbers, Math.ceil(size / 256));
}
