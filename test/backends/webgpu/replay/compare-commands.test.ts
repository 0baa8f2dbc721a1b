import { describe, expect, test } from 'vitest';
import { Slot } from '../../../../backends/replay/inputs.ts';
import { BufferWatch } from '../../../../backends/webgpu/replay/buffer-watch.ts';
import type { Command, Values } from '../../../../backends/webgpu/replay/commands.ts';
import { differenceOf, type StepCommands } from '../../../../backends/webgpu/replay/compare-commands.ts';

/** No card is needed: buffers are told apart by identity alone. */

const buffer = (size = 16) => ({ size, destroy() {} }) as unknown as GPUBuffer;
const pipeline = {} as GPUComputePipeline;
const [variable, numbers] = [buffer(), {}];

interface Memory {
  readonly ids: GPUBuffer;
  readonly rows: GPUBuffer;
}
const memory = (): Memory => ({ ids: buffer(), rows: buffer() });

/** A step that brings ids, looks rows up and updates a variable. */
function step({ ids, rows }: Memory, change: Partial<Record<Command['kind'], object>> = {}): Command[] {
  const program = { name: 'p', buffers: [], params: [], code: '' };
  const now = () => [0.1];
  const all: Command[] = [
    { kind: 'bring', values: new Slot(0), bytes: 16, to: ids },
    { ...{ kind: 'dispatch', name: 'look up', pipeline, buffers: [ids, variable, rows], grid: [2, 1, 1] }, params: { program, numbers: [3] } }, // prettier-ignore
    { kind: 'copy', from: rows, to: variable, places: [0, 0, 16] },
    { kind: 'count', of: numbers, work: () => {} },
    { ...{ kind: 'dispatch', name: 'update', pipeline, buffers: [variable], grid: [1, 1, 1] }, params: { program, numbers: { fixed: [1], of: numbers, now } } }, // prettier-ignore
  ];
  return all.map((command) => (change[command.kind] ? ({ ...command, ...change[command.kind] }) : command)); // prettier-ignore
}

function compare(
  first: [Memory, Command[]],
  second: [Memory, Command[]],
  digests = new Map<Values, string>(),
) {
  const known = ([of, commands]: [Memory, Command[]]): StepCommands => ({
    ...{ commands, digestOf: (values) => digests.get(values) },
    takes: (one) => one === of.ids || one === of.rows,
  });
  return differenceOf(known(first), known(second));
}

describe('two steps are the same commands', () => {
  const [a, b] = [memory(), memory()];
  const differs = (change: Parameters<typeof step>[1]) => compare([a, step(a)], [b, step(b, change)]);

  test('in the same memory or in other memory of their own', () => {
    expect(compare([a, step(a)], [a, step(a)])).toBeUndefined();
    expect(compare([a, step(a)], [b, step(b)])).toBeUndefined();
  });

  test('but not where something differs', () => {
    expect(differs({ bring: { values: new Slot(1) } })).toBe('an input of what is brought differs from step to step'); // prettier-ignore
    expect(differs({ bring: { bytes: 12 } })).toMatch('the size of what is brought');
    expect(differs({ bring: { to: variable } })).toMatch('memory of what is brought');
    expect(differs({ dispatch: { pipeline: {} } })).toMatch('the program of look up');
    expect(differs({ dispatch: { grid: [3, 1, 1] } })).toMatch('the program of look up');
    expect(differs({ dispatch: { uniform: Uint8Array.of(1) } })).toMatch('a constant of look up');
    expect(differs({ dispatch: { params: { numbers: [4] } } })).toMatch('a number of look up');
    expect(differs({ copy: { places: [0, 4, 12] } })).toMatch('a number of a copy');
    expect(differs({ count: { of: {} } })).toMatch('the object of a count');
    expect(compare([a, step(a)], [b, step(b).slice(1)])).toBe('a step has 5 commands, the next one 4');
    expect(compare([a, step(a)], [b, step(b).toReversed()])).toMatch('the successor');
  });

  test('nor where memory of the step is used in another order, or memory that stays is other memory', () => {
    expect(compare([a, step(a)], [b, step({ ids: b.rows, rows: b.ids })])).toBeUndefined();
    const twice = step({ ids: b.ids, rows: b.ids });
    expect(compare([a, step(a)], [b, twice])).toMatch('memory of look up');
    expect(differs({ copy: { to: buffer() } })).toMatch('memory of a copy');
  });

  test('nor where numbers of this process are others, bit by bit', () => {
    const [zero, minus, same] = [Float32Array.of(0), Float32Array.of(-0), Float32Array.of(0)];
    const digests = new Map<Values, string>([[zero, 'zero'], [minus, 'minus'], [same, 'zero']]); // prettier-ignore
    const from = (values: Values) => step(b, { bring: { values } });
    expect(compare([a, step(a, { bring: { values: zero } })], [b, from(minus)], digests)).toMatch(
      'a constant',
    );
    expect(compare([a, step(a, { bring: { values: zero } })], [b, from(same)], digests)).toBeUndefined();
  });

  test('nor where a loop reads other arrays', () => {
    const loop = (code: string, array: unknown) => ({ bring: { values: { make: () => Float32Array.of(1), code, arrays: [array] } } }); // prettier-ignore
    const known = {};
    const against = (code: string, array: unknown) => compare([a, step(a, loop('x', known))], [b, step(b, loop(code, array))]); // prettier-ignore
    expect(against('x', known)).toBeUndefined();
    expect(against('y', known)).toMatch('a loop');
    expect(against('x', {})).toMatch('a loop');
    expect(against('x', new Slot(0))).toMatch('a loop');
  });
});

test('a buffer is held until it is given back, and not again once others have had it', () => {
  const one = buffer();
  const manager = { acquireBuffer: () => one, releaseBuffer: () => {} };
  const watch = new BufferWatch(manager);
  watch.taken = new Set();
  manager.acquireBuffer();
  expect([...watch.taken]).toEqual([one]);
  const stays = watch.holding(one);
  expect([watch.isFree(one), stays()]).toEqual([false, true]);
  (manager.releaseBuffer as (buffer: GPUBuffer) => void)(one);
  expect([watch.isFree(one), stays()]).toEqual([true, false]);
  manager.acquireBuffer();
  expect([watch.isFree(one), stays()]).toEqual([false, false]);
  const other = buffer();
  const alive = watch.holding(other);
  expect(alive()).toBe(true);
  watch.destroy(other);
  expect(alive()).toBe(false);
});
