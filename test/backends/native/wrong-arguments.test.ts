import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TableHandle } from '../../../backends/native/addon.ts';
import { none } from '../../../harness/contract/backend.ts';
import { stepArguments } from '../../../backends/native/rows.ts';
import { addon, sanitized } from './addon.ts';
import { anyCall, goodCalls, wrongValues } from './calls.ts';
import { describeNative } from './describe-native.ts';

/** Whatever JavaScript hands over, the add-on answers with numbers or with an error: the process continues. */

const floats = (n: number) => new Float32Array(n);
const adagrad = stepArguments('adagrad', 0.1, 1);
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
      'every lookup needs a gradient',
    );
    expect(() => addon.readTable(t, 0, 11, floats(44))).toThrow('rows outside of the table');
    expect(() => addon.writeRows(t, new Uint32Array(3), floats(11))).toThrow('too short for the shape');
    expect(() => addon.readTableState(t, 0, floats(39))).toThrow('too short for the shape');
    expect(() => addon.writeTableState(t, 0, floats(39))).toThrow('too short for the shape');
    expect(() => addon.readTableState(t, 2, floats(40))).toThrow('1 arrays of state, none numbered 2');
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
        () => addon.estimateStep(floats(1), floats(1), floats(1), floats(1), [floats(1)], huge, huge, 1, ...adagrad), // prettier-ignore
        () => addon.streamGradient(floats(1), floats(1), floats(9), floats(9), floats(9), 1, 1, 1, 2, 32),
        () => addon.interact(floats(0), floats(0), floats(0), 1, huge, 0),
        () => addon.updateDense(floats(1), floats(1), [floats(1)], huge, huge, ...adagrad),
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
    expect(() => addon.updateTable(t, [], [], ...stepArguments('adam', 0.1, 1))).toThrow(
      'made for another optimizer rule',
    );
    expect(() => addon.updateTable(t, [], [], 'adagrad', Float64Array.of(0.1))).toThrow(RangeError);
    expect(() => addon.updateDense(floats(1), floats(1), [], 1, 1, ...adagrad)).toThrow(
      'adagrad has 1 arrays of state, not 0',
    );
    expect(() => addon.readTableState(t, 1, floats(40))).toThrow('1 arrays of state, none numbered 1');
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
    let answered = 0;
    const property = fc.property(anyCall(), ({ name, args }) => {
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
    for (const [name, args] of goodCalls()) {
      const run = (list: unknown[]) => (addon[name] as (...args: unknown[]) => unknown)(...list);
      expect(() => run(args()), name).not.toThrow();
      for (let i = 0; i < args().length; i++) {
        expect(() => run(args().slice(0, i)), `${name}, ${i} arguments`).toSatisfy(endsWell);
        for (const value of wrongValues) expect(() => run(args().with(i, value))).toSatisfy(endsWell);
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
