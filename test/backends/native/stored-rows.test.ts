import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openWith } from '../../../backends/native/index.ts';
import { none } from '../../../harness/contract/backend.ts';
import type { Storage } from '../../../harness/contract/method.ts';
import { codecOf } from '../../../harness/serving/codecs.ts';
import { packBits } from '../../../harness/serving/bits.ts';
import { ServedRows } from '../../../harness/serving/served-rows.ts';
import { column } from '../../column.ts';
import { smallFloatForms } from '../../harness/serving/small-float-forms.ts';
import { floatsFor, tableOf } from '../../harness/serving/tables.ts';
import { addon, sanitized } from './addon.ts';
import { describeNative, describeSets } from './describe-native.ts';

/** Against JavaScript's reading of the same bytes: the same bits. */

const forms: fc.Arbitrary<Storage> = fc.oneof(
  fc.constant({ kind: 'fp16' as const }),
  fc
    .record({
      bits: fc.constantFrom(2 as const, 4 as const, 8 as const),
      block: fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }),
    })
    .map(({ bits, block }) => ({
      kind: 'row-wise' as const,
      bits,
      range: 'min-max' as const,
      ...(block && { block }),
    })),
  fc
    .record({ bits: fc.integer({ min: 1, max: 16 }), step: fc.constantFrom(0.01, 1e-6, 3) })
    .map((grid) => ({ kind: 'grid' as const, ...grid })),
  smallFloatForms,
  fc.integer({ min: 1, max: 3000 }).map((nonZeros) => ({ kind: 'sparse' as const, nonZeros })),
);
const cases = fc.record({
  form: forms,
  width: fc.integer({ min: 1, max: 70 }),
  rows: fc.integer({ min: 1, max: 60 }),
  stride: fc.integer({ min: 1, max: 70 }),
  numbers: fc.record({
    seed: fc.nat(9999),
    deviation: fc.constantFrom(1e-7, 1e-4, 1, 1000),
    mean: fc.constantFrom(0, 1),
  }),
  asked: fc.array(fc.nat(), { maxLength: 80 }),
});

describeSets('rows as they are stored', (set) => {
  test('are read as JavaScript reads them, to the last bit', async () => {
    const backend = await openWith(addon, 3, { instructionSet: set });
    fc.assert(
      fc.property(cases, ({ form: asForm, width, rows, stride, numbers, asked }) => {
        const floats = (rows - 1) * Math.min(stride, width) + width;
        const form =
          asForm.kind === 'sparse' ? { ...asForm, nonZeros: 1 + (asForm.nonZeros % floats) } : asForm;
        const table = tableOf(width, rows, form, stride < width ? stride : undefined);
        const bytes = codecOf(table).encode(floatsFor(table, numbers));
        const indices = column(...asked.map((x) => (x % 7 === 0 ? none : x % rows)));
        const [here, there] = [undefined, backend].map((backend) => {
          const gathered = new ServedRows(table, bytes, backend).gather(indices);
          const values = gathered.dataSync<'float32'>();
          gathered.dispose();
          return values;
        });
        expect(there).toEqual(here);
      }),
      { numRuns: sanitized ? 100 : 400 },
    );
  });

  const octets = Array.from({ length: 256 }, (_, code) => code);
  const sixes = packBits(octets.map((code) => code % 64), 6); // prettier-ignore
  const shared: readonly (readonly [name: string, form: Storage, codes: ArrayLike<number>])[] = [
    ['e4m3', { kind: 'mx', element: 'e4m3', block: 256 }, octets],
    ['e5m2', { kind: 'mx', element: 'e5m2', block: 256 }, octets],
    ['int8', { kind: 'mx', element: 'int8', block: 256 }, octets],
    ['e2m3', { kind: 'mx', element: 'e2m3', block: 256 }, sixes],
    ['e3m2', { kind: 'mx', element: 'e3m2', block: 256 }, sixes],
    ['e2m1', { kind: 'mx', element: 'e2m1', block: 256 }, octets.slice(0, 128)],
  ];
  test.each(shared)(
    'every code of %s is, with every exponent, at once and one after the other',
    async (_, form, codes) => {
      const backend = await openWith(addon, 1, { instructionSet: set });
      for (const width of [1, 16, 256])
        for (let exponent = 0; exponent < 256; exponent += width === 16 ? 1 : 15) {
          const table = tableOf(width, 256 / width, form);
          const bytes = Uint8Array.of(...Array.from(codes), exponent);
          const all = column(...Uint32Array.from({ length: 256 / width }, (_, row) => row));
          const gathered = new ServedRows(table, bytes, backend).gather(all).dataSync<'float32'>();
          expect(gathered).toEqual(new ServedRows(table, bytes).gather(all).dataSync());
        }
    },
  );

  test('every half is', async () => {
    const backend = await openWith(addon, 1, { instructionSet: set });
    const table = tableOf(1, 2 ** 16, { kind: 'fp16' });
    const bytes = new Uint8Array(Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits).buffer);
    const all = column(...Uint32Array.from({ length: 2 ** 16 }, (_, row) => row));
    const gathered = new ServedRows(table, bytes, backend).gather(all).dataSync<'float32'>();
    expect(gathered).toEqual(new ServedRows(table, bytes).gather(all).dataSync());
  });
});

describeNative('stored rows: wrong arguments', () => {
  // Ten rows of four 8-bit codes, each with its scale.
  const gather = (
    { kind = 1, bytes = 120, bits = 8, block = 4, rows = 10, stride = 4, width = 4, step = 0, detail = 0 },
    asked: number[] = [0],
    out = asked.length * width,
  ) => {
    const [stored, indices] = [new Uint8Array(bytes), Uint32Array.from(asked)];
    const form = Float64Array.of(kind, bits, block, rows, stride, step, detail);
    addon.gatherStored(stored, form, width, indices, new Float32Array(out));
  };

  test('are errors', () => {
    gather({}, [0, none, 9]);
    gather({ bytes: 22, block: 14, rows: 6, stride: 2 }); // 14 floats in one block
    gather({ kind: 5, bytes: 40 }, [9]);
    gather({ kind: 5, bytes: 44, step: 1 }, [9]);
    gather({ kind: 6, bytes: 50 }, [9]);
    gather({ kind: 7, bits: 4, detail: 4, bytes: 60 }, [9]);
    gather({ kind: 7, bits: 4, detail: 1, bytes: 38 }, [9]); // and eight of the scales' own
    gather({ bytes: 22, block: 2 ** 53, rows: 6, stride: 2 });
    expect(() => gather({}, [0, 10])).toThrow('row 10 is outside a table of 10 rows');
    expect(() => gather({}, [0, 1], 7)).toThrow('too short for the shape');
    const wrong = [
      { bytes: 119 },
      { bits: 3 },
      { bits: 0 },
      { kind: 0, bytes: 79 },
      { kind: 8 },
      { kind: 5, bytes: 39 },
      { kind: 5, bytes: 43, step: 1 },
      { kind: 5, detail: 2, bits: 6 },
      { kind: 6, bytes: 49 },
      { kind: 6, detail: 6 },
      { kind: 6, detail: 2 },
      { kind: 6, detail: -1 },
      { kind: 7, bits: 4, detail: 4, bytes: 59 },
      { kind: 7, bits: 4, detail: 1, bytes: 37 },
      { kind: 7, bits: 4, detail: 3 },
      { kind: 7, bits: 8, detail: 4 },
      { kind: 2, bits: 33 },
      { kind: 3, bytes: 24 },
      { bits: 4, bytes: 59 },
    ];
    const huge = [{ rows: 2 ** 40 }, { rows: 2 ** 31, stride: 2 ** 33, width: 2 ** 33 }];
    const empty = [
      { block: 0 },
      { kind: 6, block: 0 },
      { kind: 7, bits: 4, detail: 4, block: 0 },
      { rows: 0 },
      { stride: 0 },
      { stride: 5 },
      { width: 0 },
    ];
    for (const change of [...wrong, ...huge, ...empty]) expect(() => gather(change, [])).toThrow(RangeError);
    expect(() =>
      addon.gatherStored(
        [] as never,
        Float64Array.of(1, 8, 4, 10, 4, 0, 0),
        4,
        Uint32Array.of(0),
        new Float32Array(4),
      ),
    ).toThrow(TypeError);
  });
});
