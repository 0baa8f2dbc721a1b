import fc from 'fast-check';
import { expect, test } from 'vitest';
import { none } from '../../harness/contract/backend.ts';
import { valuesOf } from '../../harness/contract/indices.ts';
import { idTiers } from '../../methods/shared/codes/id-tiers.ts';
import { HostIndices } from '../../harness/embedding/host-indices.ts';

/** Tiers by ids sorted by count, ties by number. */

const asked = fc.record({
  counts: fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 70 }), {
    minLength: 1,
    maxLength: 4,
  }),
  sorted: fc.boolean(),
  cuts: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
});

test('ids are in their tier, at their place in it, whatever the layer', () => {
  fc.assert(
    fc.property(asked, ({ counts, sorted, cuts }) => {
      const fields = counts.map((own, f) => {
        const values = sorted ? [...own].sort((a, b) => b - a) : own;
        return { name: `C${f}`, cardinality: own.length, counts: Uint32Array.from(values) };
      });
      const members = [...fields.keys()].filter((f) => f !== 1); // not all fields have tiers
      const hot = members.map((f) => Math.floor(cuts.next().value * (fields[f].cardinality + 1)));
      const warm = members.map((f, at) => {
        return Math.floor(cuts.next().value * (fields[f].cardinality - hot[at] + 1));
      });
      const tiers = idTiers(fields, members, { hot, warm });
      if (sorted) expect(tiers.maps).toEqual([]);
      const batch = Math.max(...fields.map(({ cardinality }) => cardinality));
      const ids = Uint32Array.from({ length: batch * fields.length }, (_, at) => {
        return Math.floor(at / fields.length) % fields[at % fields.length].cardinality;
      });
      const compute = (rowsOf: (ids: Uint32Array) => Uint32Array, columns: number) =>
        new HostIndices(rowsOf(ids), batch, columns);
      const parted = tiers.part({ ids: new HostIndices(ids, batch, fields.length), compute });
      members.forEach((f, at) => {
        const { cardinality, counts } = fields[f];
        const byCount = [...Array(cardinality).keys()].sort((a, b) => counts[b] - counts[a] || a - b);
        const ascending = (from: number, to: number) => byCount.slice(from, to).sort((a, b) => a - b);
        const coded = hot[at] + warm[at];
        const [ofHot, ofWarm] = [ascending(0, hot[at]), ascending(hot[at], coded)];
        expect([...tiers.hotIds(at)]).toEqual(ofHot);
        expect([...tiers.warmIds(at)]).toEqual(ofWarm);
        expect([...tiers.restIds(at)]).toEqual(ascending(coded, cardinality));
        if (parted === undefined) return expect(hot[at]).toBe(cardinality);
        const column = (tier: 'hot' | 'warm' | 'rest') =>
          [...valuesOf(parted[tier])].filter((_, i) => i % members.length === at);
        const own = [...ids].filter((_, i) => i % fields.length === f);
        const place = (ids: readonly number[]) =>
          own.map((id) => (ids.includes(id) ? ids.indexOf(id) : none));
        expect(column('hot')).toEqual(place(ofHot));
        expect(column('warm')).toEqual(place(ofWarm));
        expect(column('rest').map((position) => position === none)).toEqual(
          own.map((id) => ofHot.includes(id) || ofWarm.includes(id)),
        );
      });
    }),
    { numRuns: 200, seed: 5 },
  );
});
