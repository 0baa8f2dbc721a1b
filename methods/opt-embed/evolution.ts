import { deriveSeed } from '../../base/hash.ts';
import { random, type Random } from '../../base/random.ts';

/** Integers, one per gene. */
export type Genome = readonly number[];

export interface Evolution {
  /** Smallest and largest value of each gene. */
  readonly bounds: readonly { readonly min: number; readonly max: number }[];
  /** Genomes of the first generation; the rest of it is drawn. */
  readonly first: readonly Genome[];
  /** Says which genomes may be scored and returned. One of the first has to be allowed. */
  readonly allowed: (genome: Genome) => boolean;
  /** The higher the better; a number. */
  readonly fitness: (genome: Genome) => number | Promise<number>;
  readonly rule: EvolutionRule;
  readonly seed: number;
}

export interface EvolutionRule {
  /** Generations after the first. */
  readonly generations: number;
  /** New genomes in a generation: with genes drawn anew, and put together from two. */
  readonly mutations: number;
  readonly crossovers: number;
  /** Number of the best genomes so far, from which new ones are made. */
  readonly parents: number;
  /** Probability that a gene is drawn anew. */
  readonly mutationProbability: number;
}

export interface Scored {
  readonly genome: Genome;
  readonly fitness: number;
}

export interface Evolved extends Scored {
  /** Number of genomes that were scored, each once. */
  readonly scored: number;
}

/**
 * The best genome of some generations of mutation and one-point crossover. Parents are the best of all
 * generations, so that none is lost. Throws a RangeError if none of the first is allowed.
 */
export async function evolve(evolution: Evolution): Promise<Evolved> {
  const { bounds, first, allowed, fitness, rule, seed } = evolution;
  const stream = random(deriveSeed(seed, 'evolution'));
  const seen = new Set<string>();
  let best: Scored[] = []; // falling
  const isNew = (genome: Genome) => allowed(genome) && !seen.has(String(genome));
  const score = async (genomes: readonly Genome[]) => {
    const scored: Scored[] = [];
    for (const genome of genomes) {
      if (!isNew(genome)) continue;
      seen.add(String(genome));
      scored.push({ genome, fitness: await fitness(genome) });
    }
    best = [...best, ...scored].sort((a, b) => b.fitness - a.fitness).slice(0, rule.parents);
  };
  const makeSome = (count: number, make: () => Genome) =>
    Array.from({ length: count }, () => firstThat(isNew, make)).filter((genome) => genome !== undefined);

  const drawn = () => bounds.map((_, gene) => drawGene(evolution, gene, stream));
  await score([...first, ...makeSome(rule.mutations + rule.crossovers - first.length, drawn)]);
  if (best.length === 0) throw new RangeError('none of the first candidates is allowed');
  for (let generation = 0; generation < rule.generations; generation++) {
    const parent = () => best[drawBelow(best.length, stream)].genome;
    await score([
      ...makeSome(rule.mutations, () => mutated(evolution, parent(), stream)),
      ...makeSome(rule.crossovers, () => crossed(parent(), parent(), stream)),
    ]);
  }
  return { ...best[0], scored: seen.size };
}

/** A copy, some genes of which are drawn anew. */
export function mutated(
  evolution: Pick<Evolution, 'bounds' | 'rule'>,
  parent: Genome,
  stream: Random,
): Genome {
  const { mutationProbability } = evolution.rule;
  return parent.map((gene, at) =>
    stream.uniform() < mutationProbability ? drawGene(evolution, at, stream) : gene,
  );
}

/** The first genes of one, at least one, and the rest of the other, at least one where there are two. */
export function crossed(one: Genome, other: Genome, stream: Random): Genome {
  const cut = 1 + drawBelow(Math.max(1, one.length - 1), stream);
  return [...one.slice(0, cut), ...other.slice(cut)];
}

function drawGene({ bounds }: Pick<Evolution, 'bounds'>, gene: number, stream: Random): number {
  const { min, max } = bounds[gene];
  return min + drawBelow(max - min + 1, stream);
}

const drawBelow = (count: number, stream: Random) => Math.floor(count * stream.uniform());

const tries = 10;

/** The first genome that is new; undefined after some failed tries. */
function firstThat<T>(will: (made: T) => boolean, make: () => T): T | undefined {
  for (let i = 0; i < tries; i++) {
    const made = make();
    if (will(made)) return made;
  }
  return undefined;
}
