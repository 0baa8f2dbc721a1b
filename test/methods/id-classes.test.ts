import fc from 'fast-check';
import { expect, test } from 'vitest';
import { none } from '../../harness/contract/backend.ts';
import { valuesOf } from '../../harness/contract/indices.ts';
import { HostIndices } from '../../harness/embedding/host-indices.ts';
import { classBytes, idClasses, runsIn } from '../../methods/shared/id-sets/id-classes.ts';
import { mapBytes } from '../../methods/shared/id-sets/id-set.ts';

/** Classes and positions by counting, one id after the other. */
function expectedPlaces(labels: readonly number[]) {
  const next = new Map<number, number>();
  return labels.map((label) => {
    const position = next.get(label) ?? 0;
    next.set(label, position + 1);
    return { label, position };
  });
}

test('tells the class of an id and its position, from labels or from runs', () => {
  const forms = new Set<number>(); // by the number of maps
  const layer = fc.record({
    cardinalities: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 }),
    classes: fc.integer({ min: 2, max: 7 }),
    every: fc.constantFrom(1, 3, 60), // else of the class that is not stored
    run: fc.constantFrom(1, 2, 40, 300),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(layer, ({ cardinalities, classes, run, seed, every }) => {
      const ids = cardinalities.reduce((a, b) => a + b);
      const labels = Array.from({ length: ids }, (_, i) => ((Math.floor(i / run) + 1) * (seed | 1)) % classes).map((label, i) => (i % every === 0 ? Math.abs(label) : classes - 1)); // prettier-ignore
      const fields = cardinalities.map((cardinality) => ({ cardinality }));
      const shape = { fields, classes, stored: classes - 1 };
      const known = idClasses(shape, Uint8Array.from(labels));
      forms.add(known.maps.length);
      const firsts = cardinalities.map((_, f) => cardinalities.slice(0, f).reduce((a, b) => a + b, 0));
      const runs = cardinalities.map((n, f) => runsIn(labels.slice(firsts[f], firsts[f] + n)));
      expect(mapBytes(known.maps)).toBe(
        classBytes(shape, labels.filter((label) => label < classes - 1).length, runs),
      );
      const places = expectedPlaces(labels);
      const most = Math.max(...cardinalities);
      const batch = Uint32Array.from({ length: most * fields.length }, (_, at) => Math.floor(at / fields.length) % cardinalities[at % fields.length]); // prettier-ignore
      const compute = (rowsOf: (ids: Uint32Array) => Uint32Array, columns: number) =>
        new HostIndices(rowsOf(batch), most, columns);
      const asked = Array.from({ length: classes }, (_, label) => label);
      const columns = known.columns({ compute }, asked).map((column) => valuesOf(column));
      const among = known.among({ compute }, [0]).dataSync();
      batch.forEach((id, at) => {
        const { label, position } = places[firsts[at % fields.length] + id];
        expect(among[at]).toBe(Number(label === 0));
        asked.forEach((one) => {
          if (columns[one][at] !== (one !== label ? none : one < classes - 1 ? position : 0))
            expect.fail(`id ${id} at ${at}`);
        });
      });
    }),
    { numRuns: 40, seed: 3 },
  );
  expect(forms).toEqual(new Set([0, 2, 3, 4]));
});
