import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import type { Storage } from '../../harness/contract/method.ts';
import { codecFor } from '../../harness/serving/codecs.ts';
import { hasNumPy, pythonJson } from './python.ts';

/** Every stored form, with blocks that end anywhere, as the Python reader decodes it and as the project's codecs do: bit by bit. */

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

describe.skipIf(!hasNumPy)('stored forms', () => {
  const forms: readonly (readonly [Storage | { kind: 'fp32' }, floats: number])[] = [
    [{ kind: 'fp32' }, 333],
    [{ kind: 'fp16' }, 333],
    ...([8, 4, 2] as const).flatMap((bits) =>
      [1, 5, 12, 64].map((block) => [{ kind: 'row-wise', bits, block, range: 'min-max' }, 333] as const),
    ),
    ...(['e4m3', 'e5m2'] as const).flatMap((element) =>
      [true, false].map((scaled) => [{ kind: 'fp8', element, scaled }, 333] as const),
    ),
    ...(['e4m3', 'e5m2', 'e2m3', 'e3m2', 'e2m1', 'int8'] as const).flatMap((element) =>
      [7, 32].map((block) => [{ kind: 'mx', element, block }, 333] as const),
    ),
    ...(['fp32', 'fp16', 'double'] as const).flatMap((scales) =>
      [3, 64].map((block) => [{ kind: 'nf4', block, scales }, 1333] as const),
    ),
    ...[1, 3, 8, 10, 16].map((bits) => [{ kind: 'grid', bits, step: 0.01 }, 333] as const),
    ...[0, 1, 5, 40, 900, 2000].map((nonZeros) => [{ kind: 'sparse', nonZeros }, 1333] as const),
  ];
  const odd: readonly (readonly [Storage | { kind: 'fp32' }, floats: number])[] = [1, 2, 7, 31, 65, 513].flatMap(
    (floats) =>
      forms
        .filter(([stored]) => stored.kind !== 'sparse')
        .map(([stored]) => [stored, floats] as const)
        .concat([0, 1, floats >> 1, floats, 2 * floats].map((nonZeros) => [{ kind: 'sparse', nonZeros }, floats])),
  ); // prettier-ignore
  const all = [...forms, ...odd];
  /** Rows of one float, of some, and one row of all floats. */
  const widthsOf = (floats: number) => [1, 4, 33, floats].filter((width) => width <= floats);

  const found = hasNumPy ? readAll() : [];

  function readAll(): { rows: number[][] }[] {
    const cases = all.map(([stored, floats], i) => {
      const bytes = codecFor(stored, { floats }).encode(drawn(floats, i));
      return {
        stored,
        floats,
        bytes: base64(bytes),
        rows: widthsOf(floats).map((width) => [starts(floats, width), width]),
      };
    });
    return pythonJson(
      `import base64, json, sys
import numpy as np
from embed_bench_reader.stored_tables import reader_of
def rows(case):
    read = reader_of(case["stored"], np.frombuffer(base64.b64decode(case["bytes"]), np.uint8), case["floats"])
    return {"rows": [read(np.array(own, np.int64), width).astype(float).reshape(-1).tolist() for own, width in case["rows"]]}
print(json.dumps([rows(case) for case in json.load(sys.stdin)]))`,
      cases,
    );
  }

  test.each(all.map(([stored, floats], i) => [JSON.stringify(stored), floats, stored, i] as const))(
    '%s, %d floats',
    (_, floats, stored, i) => {
      const codec = codecFor(stored, { floats });
      const read = codec.reader(codec.encode(drawn(floats, i)));
      widthsOf(floats).forEach((width, w) => {
        const own = starts(floats, width);
        const wanted = new Float32Array(own.length * width);
        own.forEach((start, row) => read(start, width, wanted, row * width));
        expect(Float32Array.from(found[i].rows[w])).toEqual(wanted);
      });
    },
  );
});

function drawn(floats: number, seed: number): Float32Array {
  const stream = random(seed);
  return Float32Array.from({ length: floats }, () => stream.normal() * 10 ** Math.floor(3 * stream.uniform() - 1)); // prettier-ignore
}
function starts(floats: number, width: number): number[] {
  return Array.from({ length: 40 }, (_, i) => Math.floor(((floats - width) * i) / 39));
}
