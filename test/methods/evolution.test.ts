import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { crossed, type Evolution, evolve, type Genome, mutated } from '../../methods/opt-embed/evolution.ts';

const rule = { generations: 10, mutations: 10, crossovers: 10, parents: 10, mutationProbability: 0.1 };
const target = [3, 8, 1, 5, 5, 2];
const distance = (genome: Genome) => genome.reduce((sum, gene, i) => sum + (gene - target[i]) ** 2, 0);

/** Evolution of six genes, 1 to 8, that are the better the nearer they are to the target. */
function nearTarget(changes: Partial<Evolution> = {}): Evolution & { readonly scored: Genome[] } {
  const scored: Genome[] = [];
  const fitness = (genome: Genome) => {
    scored.push([...genome]);
    return Promise.resolve(-distance(genome));
  };
  const bounds = target.map(() => ({ min: 1, max: 8 }));
  return { bounds, first: [], allowed: () => true, fitness, rule, seed: 1, ...changes, scored };
}

describe('evolution', () => {
  test('finds the best of all, where genes count apart', async () => {
    for (const seed of [1, 2, 3]) {
      const found = await evolve(nearTarget({ rule: { ...rule, generations: 100 }, seed }));
      expect(found.genome).toEqual(target);
      expect(found.fitness).toBe(-0);
    }
  });

  test('never loses the best', async () => {
    let before = -Infinity;
    for (let generations = 0; generations < 12; generations++) {
      const { genome, fitness } = await evolve(nearTarget({ rule: { ...rule, generations } }));
      expect(fitness).toBeGreaterThanOrEqual(before);
      expect(fitness).toBe(-distance(genome)); // the genome is the one that was scored, not what became of it
      before = fitness;
    }
  });

  test('returns the best of those scored, each of which was scored once', async () => {
    const evolution = nearTarget();
    const found = await evolve(evolution);
    expect(found.fitness).toBe(Math.max(...evolution.scored.map((genome) => -distance(genome))));
    expect(found.scored).toBe(evolution.scored.length);
    expect(new Set(evolution.scored.map(String)).size).toBe(evolution.scored.length);
    expect(evolution.scored.length).toBeGreaterThan(150); // of 20 + 10 x 20, some come twice
  });

  test('leaves those it begins with as they are, and scores them first', async () => {
    const first = [target.map(() => 2), target.map(() => 7)];
    const evolution = nearTarget({ first });
    await evolve(evolution);
    expect(first).toEqual([target.map(() => 2), target.map(() => 7)]);
    expect(evolution.scored.slice(0, 2)).toEqual(first);
  });

  test('scores only what is allowed, and stays within the bounds', async () => {
    const sum = (genome: Genome) => genome.reduce((total, gene) => total + gene, 0);
    const bounds = target.map((_, i) => ({ min: i < 3 ? 1 : 2, max: 8 }));
    const evolution = nearTarget({
      bounds,
      allowed: (genome) => sum(genome) <= 20,
      first: [[1, 1, 1, 2, 2, 2], target.map(() => 8)],
      rule: { ...rule, generations: 30 },
    });
    const { genome } = await evolve(evolution);
    expect(evolution.scored.every((genome) => sum(genome) <= 20)).toBe(true);
    for (const scored of evolution.scored)
      scored.forEach((gene, i) => {
        expect(gene).toBeGreaterThanOrEqual(bounds[i].min);
        expect(gene).toBeLessThanOrEqual(8);
      });
    expect(distance(genome)).toBeLessThanOrEqual(8); // the target has 24, 4 too many: at best 1 from each of four
    await expect(evolve({ ...evolution, allowed: () => false })).rejects.toThrow(RangeError);
  });

  test('goes the same way with the same seed, and another with another', async () => {
    const [one, same, other] = [nearTarget(), nearTarget(), nearTarget({ seed: 2 })];
    expect(await evolve(one)).toEqual(await evolve(same));
    await evolve(other);
    expect(one.scored).toEqual(same.scored);
    expect(one.scored).not.toEqual(other.scored);
  });

  test('has an end where there is nothing new', async () => {
    const evolution = nearTarget({ bounds: [{ min: 1, max: 3 }], fitness: ([gene]) => gene });
    expect(await evolve(evolution)).toEqual({ genome: [3], fitness: 3, scored: 3 });
  });
});

describe('mutation', () => {
  const bounds = Array.from({ length: 1000 }, () => ({ min: 1, max: 9 }));
  const parent = Object.freeze(bounds.map(() => 5));
  const changed = (mutationProbability: number) => {
    const child = mutated({ bounds, rule: { ...rule, mutationProbability } }, parent, random(1));
    return child.filter((gene, at) => gene !== parent[at]).length;
  };

  test('is of a copy, in some genes', () => {
    expect(changed(0)).toBe(0);
    // A ninth of those that are drawn anew are the same again.
    expect(changed(0.1)).toBeGreaterThan(60);
    expect(changed(0.1)).toBeLessThan(120);
    expect(changed(1)).toBeGreaterThan(850);
    expect(parent.every((gene) => gene === 5)).toBe(true);
  });
});

describe('crossover', () => {
  const cutsOf = (genes: number) => {
    const [one, other] = [Array(genes).fill(0), Array(genes).fill(1)] as number[][];
    const stream = random(1);
    const children = Array.from({ length: 1000 }, () => crossed(one, other, stream));
    return new Set(
      children.map((child) => {
        expect(child).toEqual([...child].sort()); // zeros, then ones
        return child.indexOf(1);
      }),
    );
  };

  test('is after any gene but the last, however few values genes have', () => {
    expect(cutsOf(26).size).toBe(25);
    expect(Math.min(...cutsOf(26))).toBe(1);
    expect([...cutsOf(2)]).toEqual([1]);
    expect([...cutsOf(1)]).toEqual([-1]); // nothing of the other is left
  });
});
