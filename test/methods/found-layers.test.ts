import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Field } from '../../harness/contract/data.ts';
import { isInfeasible, type Method } from '../../harness/contract/method.ts';
import { keyBytes, keysOf } from '../../harness/contract/keys.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { dimGrow } from '../../methods/dim-grow/index.ts';
import { fieldPruning } from '../../methods/field-pruning/index.ts';
import { fiited } from '../../methods/fiited/index.ts';
import { int4 } from '../../methods/post-training-quantization/index.ts';
import { sseds } from '../../methods/sseds.ts';
import { layerAt } from '../layers.ts';
import { nextStage, vectorsOf } from './untrained.ts';

/** Layers whose shape training finds, of fields that are hard to choose among: of one id, of ids seen equally often, or never. */

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const field = (cardinality: number, countOf: (id: number) => number): Field => ({
  name: `${cardinality}`,
  cardinality,
  counts: Uint32Array.from({ length: cardinality }, (_, id) => countOf(id)),
});
const fields = [
  field(1, () => 90),
  field(9, () => 10),
  field(1, () => 90),
  field(60, (id) => (id < 30 ? 3 : 0)),
];

const methods = [dimGrow, fieldPruning, fiited, sseds].flatMap((method) => [method as Method, int4.wrap(method as Method)]); // prettier-ignore

describe.each(methods)('$name', (method) => {
  test.each([2, 5, 11, 40])(
    'fits what it has promised at %ix, with its keys, and finds the same twice',
    async (ratio) => {
      const layer = layerAt(fields, 5, ratio);
      const planned = () => method.plan(layer, method.options.parse({}));
      const first = planned();
      if (isInfeasible(first) || first.next === undefined) return; // all rows fit in 4 bits
      const foundBy = async (plan: typeof first) =>
        nextStage(plan, backend, undefined, { fields: fields.length });
      const stage = await foundBy(first);
      expect(sizeOf(stage.plan).servingBytes).toBeLessThanOrEqual(sizeOf(first).servingBytes);
      expect(sizeOf(first).servingBytes).toBeLessThanOrEqual(layer.budget);
      expect(keyBytes(keysOf(stage.plan, fields))).toBeLessThanOrEqual(keyBytes(keysOf(first, fields)));
      const again = await foundBy(planned() as typeof first);
      expect(again.plan.choices).toEqual(stage.plan.choices);
      const ids = Uint32Array.from(
        { length: 60 * 4 },
        (_, at) => Math.floor(at / 4) % fields[at % 4].cardinality,
      );
      const vectors = vectorsOf(stage, backend, { ids, batch: 60 });
      expect(vectors.every(Number.isFinite)).toBe(true);
      expect(vectorsOf(again, backend, { ids, batch: 60 })).toEqual(vectors);
    },
  );
});
