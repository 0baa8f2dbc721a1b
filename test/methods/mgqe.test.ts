import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../harness/contract/size.ts';
import { mgqe } from '../../methods/mgqe.ts';
import { feasiblePlan, zipfFields } from '../layers.ts';

describe('tiers where not all ids fit', () => {
  /** Ids in the order of their counts: nothing tells the tiers apart. */
  const layerOf = (ids: number, dim: number, budget: number) => ({
    fields: zipfFields([ids]),
    dim,
    budget,
    seed: 1,
  });

  // C = floor(8 S / (share b + (1 - share) b')) ids with codes; S bytes are left beside the codebook.
  test.each([
    { ids: 20_000, left: 10_000, codewords: 256, fewer: 4, coded: 3225, hot: 323, bytes: 9998 },
    { ids: 20_000, left: 10_000, codewords: 16, fewer: 2, coded: 6451, hot: 646, bytes: 10_000 },
    { ids: 20_000, left: 1000, codewords: 4, fewer: 2, coded: 1818, hot: 182, bytes: 1000 },
    { ids: 2000, left: 10_000, codewords: 256, fewer: 4, coded: 2000, hot: 200, bytes: 6200 },
  ])('$left bytes, 4 codes of $codewords: $coded of $ids, $hot of them hot', (what) => {
    const { ids, left, codewords, fewer, coded, hot, bytes } = what;
    const book = 4 * 4 * codewords;
    const asked = { hot: 0.1, parts: 4, codewords, fewer, keep: 0 };
    const plan = feasiblePlan(mgqe, layerOf(ids, 4, book + left), asked);
    expect(plan.choices).toMatchObject({ codewords: [codewords], warmCodewords: [codewords / fewer] });
    expect(plan.choices).toMatchObject({ hot: [hot], warm: [coded - hot] });
    expect(sizeOf(plan).servingBytes).toBe(book + bytes);
  });

  test('the share that is hot is the one of least distortion', () => {
    const [ids, dim, parts] = [20_000, 4, 4];
    const asked = { parts, codewords: 16, fewer: 4, keep: 0 };
    const counts = zipfFields([ids])[0].counts;
    const total = counts.reduce((sum, count) => sum + count, 0);
    const distortionAt = (options: object) => {
      const { choices } = feasiblePlan(mgqe, layerOf(ids, dim, 8000), { ...asked, ...options });
      const [hot, warm] = [(choices.hot as number[])[0], (choices.warm as number[])[0]];
      const lost = (codewords: number) => 4 ** ((-parts * Math.log2(codewords)) / dim);
      let sum = 0;
      counts.forEach((count, id) => (sum += count * (id < hot ? lost(16) : id < hot + warm ? lost(4) : 1)));
      return sum / total;
    };
    const shares = [0.05, 0.1, 0.2, 0.3, 0.5].map((hot) => distortionAt({ hot }));
    expect(distortionAt({})).toBeCloseTo(Math.min(...shares), 10);
  });
});
