import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitsAt, packBits, unpackBits } from '../../../harness/serving/bits.ts';

const arrays = fc.integer({ min: 1, max: 32 }).chain((bits) =>
  fc.record({
    bits: fc.constant(bits),
    values: fc.array(fc.integer({ min: 0, max: 2 ** bits - 1 }), { maxLength: 40 }),
  }),
);

test('what is packed is one number in base 2^bits, the lowest byte first', () => {
  fc.assert(
    fc.property(arrays, ({ bits, values }) => {
      const packed = packBits(Uint32Array.from(values), bits);
      expect(packed.length).toBe(Math.ceil((values.length * bits) / 8));
      const bytes = [...packed].reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
      expect(bytes).toBe(values.reduceRight((sum, value) => sum * (1n << BigInt(bits)) + BigInt(value), 0n));
      expect([...unpackBits(packed, bits, values.length)]).toEqual(values);
    }),
    { numRuns: 500 },
  );
});

test('positions of bits may be beyond 2^32', () => {
  const packed = new Uint8Array(2 ** 29 + 16); // not touched but at its end: it takes hardly any memory
  packed.set([0xab, 0xcd, 0xef, 0x12, 0x34], 2 ** 29 - 2);
  expect(bitsAt(packed, 16, 2 ** 28 - 1)).toBe(0xcdab);
  expect(bitsAt(packed, 32, 2 ** 27)).toBe(0x003412ef);
  expect(bitsAt(packed, 13, Math.floor(2 ** 32 / 13))).toBe(
    Number((0x3412efcdabn >> (16n - (2n ** 32n % 13n))) & 0x1fffn),
  );
});

test('a value that does not fit is refused', () => {
  expect(() => packBits([1, 8, 2], 3)).toThrow('8 does not fit into 3 bits');
  expect(() => packBits([NaN], 3)).toThrow(RangeError);
  expect([...packBits([2 ** 32 - 1], 32)]).toEqual([255, 255, 255, 255]);
});
