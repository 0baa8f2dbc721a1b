import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TableHandle } from '../../../backends/native/addon.ts';
import { none } from '../../../harness/contract/backend.ts';
import { addon, sanitized } from './addon.ts';
import { describeNative } from './describe-native.ts';

/** Whatever JavaScript hands over, the add-on answers with numbers or with an error: the process goes on. */

const floats = (n: number) => new Float32Array(n);
const adagrad = ['adagrad', 0.1, 1, 1e-10, 0.9, 0.999] as const;
const table = () => addon.createTable(10, 4, 4, 'adagrad');

describeNative('wrong arguments are JavaScript errors', () => {
  test('ids outside of the table: reading, moving, the last row is inside', () => {
    const t = table();
    const gather = (...ids: number[]) => addon.gatherRows(t, Uint32Array.from(ids), floats(4 * ids.length));
    gather(9, none, 0);
    for (const id of [10, 11, 2 ** 31, none - 1]) {
      expect(() => gather(0, id)).toThrow(`row ${id} is outside a table of 10 rows`);
      const update = () => addon.updateTable(t, [Uint32Array.of(id)], [floats(4)], ...adagrad);
      expect(update).toThrow(RangeError);
    }
    // None is no row that could be written, or copied.
    for (const id of [10, 2 ** 31, none]) {
      const [rows, message] = [Uint32Array.of(0, id), `row ${id} is outside a table of 10 rows`];
      expect(() => addon.writeRows(t, rows, floats(8))).toThrow(message);
      expect(() => addon.copyRows(t, rows, Uint32Array.of(1, 2))).toThrow(message);
      expect(() => addon.copyRows(t, Uint32Array.of(1, 2), rows)).toThrow(message);
    }
    // Far into a long list, past the blocks that are looked at together.
    const long = new Uint32Array(5000);
    long[4321] = 10;
    expect(() => addon.gatherRows(t, long, floats(20_000))).toThrow('row 10 is outside');
  });

  test('arrays shorter than their shape', () => {
    const t = table();
    expect(() => addon.gatherRows(t, new Uint32Array(3), floats(11))).toThrow(
      'an array of 11 floats is too short for the shape, which has 12',
    );
    expect(() => addon.updateTable(t, [new Uint32Array(3)], [floats(11)], ...adagrad)).toThrow(RangeError);
    expect(() => addon.updateTable(t, [new Uint32Array(3)], [], ...adagrad)).toThrow(
      'every look-up needs a gradient',
    );
    expect(() => addon.readTable(t, 0, 11, floats(44))).toThrow('rows outside of the table');
    expect(() => addon.writeRows(t, new Uint32Array(3), floats(11))).toThrow('too short for the shape');
    expect(() => addon.readTableState(t, 0, floats(39))).toThrow('too short for the shape');
    expect(() => addon.writeTableState(t, 0, floats(39))).toThrow('too short for the shape');
    expect(() => addon.readTableState(t, 2, floats(40))).toThrow('no more than two arrays of state');
    expect(() => addon.copyRows(t, new Uint32Array(3), new Uint32Array(2))).toThrow(
      '3 rows cannot be copied to 2 rows',
    );
    expect(() => addon.matMul(floats(6), floats(5), floats(4), 2, 2, 3, false, false)).toThrow(RangeError);
  });

  test('shapes that are larger than an address', () => {
    for (const huge of [2 ** 32, 2 ** 52, 2 ** 53]) {
      const wrong = [
        () => addon.matMul(floats(1), floats(1), floats(1), huge, huge, huge, false, false),
        () => addon.interact(floats(1), floats(1), floats(1), huge, huge, huge),
        () => addon.packRows(floats(1), new Int32Array(1), floats(1), huge, huge, 8, true),
        () =>
          addon.packedGradWeights(new Int32Array(1), 1, 8, true, floats(1), floats(1), floats(1), 1, huge, 1),
        () =>
          addon.streamGradient(floats(1), floats(1), floats(1), floats(1), floats(1), huge, huge, 1, 1, 32),
        () => addon.estimateStep(floats(1), floats(1), floats(1), floats(1), floats(1), undefined, huge, huge, 1, ...adagrad), // prettier-ignore
        () => addon.streamGradient(floats(1), floats(1), floats(9), floats(9), floats(9), 1, 1, 1, 2, 32),
        () => addon.interact(floats(0), floats(0), floats(0), 1, huge, 0),
        () => addon.updateDense(floats(1), floats(1), floats(1), undefined, huge, huge, ...adagrad),
        () => addon.createTable(2 ** 31, huge, huge, 'adam'),
        () => addon.createTable(huge, 1, 1, 'sgd'),
      ];
      for (const call of wrong) expect(call).toThrow(RangeError);
    }
  });

  test('sizes that no array vouches for, where there are no samples', () => {
    for (const threads of [1, 3]) {
      addon.configure(threads);
      addon.interact(floats(0), floats(0), floats(0), 0, 2 ** 31, 2 ** 33);
      addon.interactGrad(floats(0), floats(0), floats(0), floats(0), floats(0), 0, 1, 2 ** 50);
      addon.matMul(floats(0), floats(0), floats(0), 0, 0, 2 ** 50, false, false);
      addon.packRows(floats(0), new Int32Array(0), floats(1), 0, 2 ** 50, 2, false);
      addon.unpackRows(new Int32Array(0), 1, floats(0), 2 ** 50, 0, 4, true);
      addon.packedGradWeights(new Int32Array(0), 1, 8, true, floats(0), floats(0), floats(0), 0, 2 ** 50, 0);
    }
  });

  test('a table that was freed, and objects that are none', () => {
    const freed = table();
    addon.freeTable(freed);
    for (const wrong of [freed, {}, [], null, undefined, 1, floats(4), new Proxy(table(), {}), addon]) {
      const t = wrong as TableHandle;
      expect(() => addon.gatherRows(t, new Uint32Array(1), floats(4))).toThrow(TypeError);
      expect(() => addon.updateTable(t, [], [], ...adagrad)).toThrow(TypeError);
      expect(() => addon.writeRows(t, new Uint32Array(1), floats(4))).toThrow(TypeError);
      expect(() => addon.copyRows(t, new Uint32Array(1), Uint32Array.of(1))).toThrow(TypeError);
      expect(() => addon.readTableState(t, 0, floats(4))).toThrow(TypeError);
      expect(() => addon.writeTableState(t, 0, floats(4))).toThrow(TypeError);
      expect(() => addon.saveTable(t)).toThrow(TypeError);
      expect(() => addon.freeTable(t)).toThrow(TypeError);
    }
  });

  test('a list whose elements free the table, or the memory of another, while they are read', () => {
    const t = table();
    const indices = new Uint32Array(1000);
    const freesTable = Object.defineProperty([indices, indices], 1, {
      get() {
        addon.freeTable(t);
        return indices;
      },
    });
    expect(() => addon.updateTable(t, freesTable, [floats(4000), floats(4000)], ...adagrad)).toThrow(
      TypeError,
    );
    const gradient = floats(4000);
    const detaches = Object.defineProperty([gradient, gradient], 1, {
      get() {
        structuredClone(gradient.buffer, { transfer: [gradient.buffer] });
        return floats(4000);
      },
    });
    expect(() => addon.updateTable(table(), [indices, indices], detaches, ...adagrad)).toThrow(RangeError);
    const throws = Object.defineProperty([indices], 0, {
      get() {
        throw new SyntaxError('mine');
      },
    });
    expect(() => addon.updateTable(table(), throws, [floats(4000)], ...adagrad)).toThrow(SyntaxError);
  });

  test('memory that is gone, has shrunk, or is shared with other threads', () => {
    const t = table();
    const detached = floats(8);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    expect(() => addon.gatherRows(t, new Uint32Array(2), detached)).toThrow(RangeError);
    expect(() => addon.writeRows(t, new Uint32Array(2), detached)).toThrow(RangeError);

    const Resizable = ArrayBuffer as unknown as new (
      bytes: number,
      options: { maxByteLength: number },
    ) => ArrayBuffer & { resize(bytes: number): void };
    const buffer = new Resizable(1 << 20, { maxByteLength: 1 << 20 });
    const tracking = new Float32Array(buffer);
    const fixed = new Float32Array(buffer, 0, 8);
    addon.gatherRows(t, new Uint32Array(2), tracking);
    buffer.resize(16);
    expect(() => addon.gatherRows(t, new Uint32Array(2), tracking)).toThrow(RangeError);
    expect(() => addon.gatherRows(t, new Uint32Array(2), fixed)).toThrow(RangeError);

    const shared = new SharedArrayBuffer(64);
    expect(() => addon.gatherRows(t, new Uint32Array(shared), floats(64))).toThrow('not shared');
    expect(() => addon.gatherRows(t, new Uint32Array(2), new Float32Array(shared))).toThrow('not shared');
    expect(() => addon.copyRows(t, new Uint32Array(shared), new Uint32Array(16))).toThrow('not shared');
  });

  test('rules and rows that are another', () => {
    const t = table();
    const adam = ['adam', 0.1, 1, 1e-8, 0.9, 0.999] as const;
    expect(() => addon.updateTable(t, [], [], ...adam)).toThrow('made for another optimizer rule');
    expect(() => addon.createTable(1, 1, 1, 'adamw')).toThrow('no optimizer rule named adamw');
    for (const [width, stride] of [
      [0, 0],
      [4, 0],
      [4, 5],
    ])
      // prettier-ignore
      expect(() => addon.createTable(10, width, stride, 'sgd')).toThrow(RangeError);
    const overlapping = addon.createTable(10, 4, 2, 'adagrad');
    expect(() => addon.copyRows(overlapping, Uint32Array.of(0), Uint32Array.of(5))).toThrow(
      'rows that overlap cannot be copied',
    );
    expect(() => addon.restoreTable(t)).toThrow('nothing was saved');
    expect(() => addon.configure(0)).toThrow(RangeError);
    expect(() => addon.configure(1, 'mmx')).toThrow('this processor has no instructions named mmx');
  });

  test('anything at all, in any place', { timeout: 120_000 }, () => {
    const names = Object.keys(addon) as (keyof typeof addon)[];
    expect(names.length).toBeGreaterThan(15);
    const number = fc.constantFrom(0, 1, 2, 3, 4, 7, 16, 33, -1, 0.5, NaN, Infinity, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 52, 2 ** 64); // prettier-ignore
    const anything = fc.oneof(
      { weight: 4, arbitrary: number },
      { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 3, 16, 40, 400).map(floats) },
      { weight: 2, arbitrary: fc.constantFrom([], [0], [9], [1, 1, none], [10]).map((ids) => Uint32Array.from(ids)) }, // prettier-ignore
      { weight: 2, arbitrary: fc.constantFrom('sgd', 'adagrad', 'rowwise-adagrad', 'adam').map((rule) => addon.createTable(10, 4, 4, rule)) }, // prettier-ignore
      fc.constantFrom('sgd', 'adagrad', 'rowwise-adagrad', 'adam', 'baseline', ''),
      fc.constantFrom([[new Uint32Array(2)]], [[floats(8)]], [[]], [[null]]),
      fc.constantFrom(undefined, null, true, false, {}, Symbol('x'), 10n, new Uint8Array(8), new DataView(new ArrayBuffer(8))), // prettier-ignore
    );
    const call = fc.tuple(fc.constantFrom(...names), fc.array(anything, { maxLength: 13 }));
    let answered = 0;
    const property = fc.property(call, ([name, args]) => {
      try {
        (addon[name] as (...args: unknown[]) => unknown)(...args);
        answered++;
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        expect((error as Error).message).not.toBe('');
      }
    });
    fc.assert(property, { numRuns: sanitized ? 5000 : 20_000, seed: 7 });
    expect(answered).toBeGreaterThan(0);
    addon.configure(1);
  });

  test('almost right: one argument of a call that works is replaced', { timeout: 120_000 }, () => {
    const step = ['adam', 0.1, 1, 1e-8, 0.9, 0.999];
    const good: [keyof typeof addon, () => unknown[]][] = [
      ['matMul', () => [floats(15), floats(35), floats(21), 3, 7, 5, false, false, floats(7), true]],
      ['denseGradInput', () => [floats(21), floats(35), floats(15), floats(15), 3, 5, 7]],
      ['denseGradWeights', () => [floats(15), floats(21), floats(35), floats(7), 3, 5, 7]],
      ['packRows', () => [floats(21), new Int32Array(9), floats(1), 3, 7, 8, true]],
      ['unpackRows', () => [new Int32Array(9), 1, floats(21), 3, 7, 4, false]],
      ['packedGradInput', () => [floats(21), floats(35), new Int32Array(3), 4, floats(15), 3, 5, 7]],
      ['streamGradient', () => [floats(21), floats(15), floats(14), floats(10), floats(2), 3, 7, 5, 2, 32]],
      ['estimateStep', () => [floats(35), floats(14), floats(10), floats(2), floats(35), floats(35), 7, 5, 2, ...adagrad]], // prettier-ignore
      ['packedGradWeights', () => [new Int32Array(3), 1, 2, true, floats(21), floats(35), floats(7), 3, 5, 7]], // prettier-ignore
      ['interact', () => [floats(12), floats(36), floats(30), 3, 3, 4]],
      ['interactGrad', () => [floats(12), floats(36), floats(30), floats(12), floats(36), 3, 3, 4]],
      ['crossEntropy', () => [floats(9), floats(9), 9]],
      ['crossEntropyGrad', () => [floats(9), floats(9), 1, floats(9), 9]],
      ['updateDense', () => [floats(12), floats(12), floats(12), floats(12), 3, 4, ...step]],
      ['createTable', () => [10, 4, 4, 'adam']],
      ['fillTable', () => [table(), 0, 40, 0, 1, 7]],
      ['gatherRows', () => [table(), Uint32Array.of(1, 9, none), floats(12)]],
      ['readTable', () => [table(), 4, 10, floats(24)]],
      ['writeRows', () => [table(), Uint32Array.of(1, 9, 0), floats(12)]],
      ['copyRows', () => [table(), Uint32Array.of(1, 9, 1), Uint32Array.of(2, 3, 4)]],
      ['updateTable', () => [addon.createTable(10, 4, 4, 'adam'), [Uint32Array.of(3, 3)], [floats(8)], ...step]], // prettier-ignore
      ['sum', () => [floats(24), floats(8), 2, 3, 4, 1]],
      ['reduce', () => [0, floats(24), floats(8), 2, 3, 4]],
      ['scan', () => [floats(24), floats(24), 2, 3, 4, false, true, false]],
      ['softmax', () => [floats(24), floats(24), 6, 4]],
      ['top', () => [floats(24), floats(12), new Int32Array(12), 6, 4, 2]],
      ['gather', () => [floats(60), new Int32Array(4).fill(4), floats(48), 2, 2, 5, 2, 3]],
      ['segmentSum', () => [floats(12), Int32Array.of(1, 0, 7, -1), floats(6), 4, 2, 3]],
      ['oneHot', () => [Int32Array.of(1, 9, -1), floats(12), 3, 4, 1, 0]],
      ['copy', () => [floats(12), floats(12), Float64Array.of(3, 1, 4, 4, 3, 1), 2, 0, 0]],
      ['unary', () => [0, floats(9), floats(9), 0, 0]],
      ['binary', () => [0, floats(12), floats(4), floats(12), Float64Array.of(3, 4, 0, 4, 1, 1), 2]],
      ['select', () => [new Uint8Array(9), floats(9), floats(9), floats(9)]],
      ['convert', () => [floats(9), new Int32Array(9)]],
      [
        'matMuls',
        () => [floats(30), floats(70), floats(42), Float64Array.of(2, 1, 1), 1, 3, 7, 5, false, true],
      ],
      ['joinFields', () => [floats(24), floats(40), floats(45), Uint32Array.of(0, 2), 3, 4, 3, 5]],
      ['joinFieldsGradX', () => [floats(45), floats(40), floats(24), Uint32Array.of(0, 2), 3, 4, 3, 5]],
      [
        'joinFieldsGradMatrices',
        () => [floats(24), floats(45), floats(40), Uint32Array.of(0, 2), 3, 4, 3, 5],
      ],
      [
        'applyToIndices',
        () => ['mod', Uint32Array.of(5, none, 7, 8), Uint32Array.of(3, 4), new Uint32Array(4)],
      ],
      ['indicesWithin', () => [Uint32Array.of(5, none, 7, 8), Uint32Array.of(3, 4), Uint32Array.of(6, 8), new Uint32Array(4)]], // prettier-ignore
      ['pickColumns', () => [Uint32Array.of(5, none, 7, 8), 2, Uint32Array.of(1, 1, 0), new Uint32Array(6)]],
      ['chooseIndices', () => [Uint32Array.of(1, 0), Uint32Array.of(5, none, 7, 8), Uint32Array.of(1, 2, 3, 4), new Uint32Array(4)]], // prettier-ignore
      ['indicesThrough', () => [Uint32Array.of(1, none, 0), Uint32Array.of(7, 8), new Uint32Array(3)]],
    ];
    const wrong = [0, -1, 0.5, NaN, 2 ** 32, 2 ** 52, 1e300, undefined, null, 'x', {}, floats(2), new Uint32Array(99).fill(9), [null]]; // prettier-ignore
    for (const [name, args] of good) {
      const run = (list: unknown[]) => (addon[name] as (...args: unknown[]) => unknown)(...list);
      expect(() => run(args()), name).not.toThrow();
      for (let i = 0; i < args().length; i++) {
        expect(() => run(args().slice(0, i)), `${name}, ${i} arguments`).toSatisfy(endsWell);
        for (const value of wrong) expect(() => run(args().with(i, value))).toSatisfy(endsWell);
        // A size of 0 leaves another without an array that vouches for it.
        for (let j = 0; j < i; j++)
          for (const [one, other] of [[0, 2 ** 52], [2 ** 52, 0], [2 ** 32, 2 ** 32]]) // prettier-ignore
            expect(() => run(args().map((value, at) => (at === i ? one : at === j ? other : typeof value === 'object' && value instanceof Float32Array ? floats(0) : value)))).toSatisfy(endsWell); // prettier-ignore
      }
    }
  });
});

/** Optional arguments may be missing, and 2^32 is a fine step: no error is fine as well, a crash is not. */
function endsWell(call: () => unknown): boolean {
  try {
    call();
    return true;
  } catch (error) {
    return error instanceof RangeError || error instanceof TypeError || error instanceof Error;
  }
}
