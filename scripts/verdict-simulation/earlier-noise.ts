import { sum } from '../../base/sum.ts';
import type { BySeed } from '../../analysis/statistics/pair-noise.ts';
import { digamma, inverseTrigamma, trigamma } from './polygamma.ts';
import { type Estimate, mean, median } from '../../analysis/statistics/estimates.ts';
import { studentQuantile } from '../../analysis/statistics/student-t.ts';

/**
 * The difference of two of many methods, with an interval that holds for all pairs of them at once. Two or three seeds
 * tell little about the noise of one method, but dozens of methods tell much about noise in general: each variance is drawn
 * towards the common one as far as their spread warrants (moderated t, Smyth 2004). `methods` are of one budget. `pairs` is
 * the number of pairs that share the 5 %.
 */
export function commonNoise(
  methods: readonly BySeed[],
  pairs = (methods.length * (methods.length - 1)) / 2,
): (a: BySeed, b: BySeed) => Estimate | undefined {
  const ownVariance = residuals(seedEffects(methods));
  const moderate = moderation(methods.map(ownVariance));
  const quantiles = new Map<number, number>();
  const quantileAt = (degrees: number) => {
    const known = quantiles.get(degrees) ?? studentQuantile(1 - 0.05 / pairs / 2, degrees);
    quantiles.set(degrees, known);
    return known;
  };
  return (a, b) => {
    const seeds = [...a.keys()].filter((seed) => b.has(seed));
    if (seeds.length === 0) return undefined;
    const value = mean(seeds.map((seed) => a.get(seed)! - b.get(seed)!));
    const count = seeds.length;
    if (moderate === undefined) return { value, error: undefined, count };
    const [noiseOfA, noiseOfB] = [a, b].map((one) => moderate(ownVariance(one)));
    const ofSeeds = (noiseOfA.value + noiseOfB.value) / count;
    const degrees = Math.min(noiseOfA.degrees, noiseOfB.degrees);
    return { value, error: quantileAt(degrees) * Math.sqrt(ofSeeds), count };
  };
}

interface Variance {
  readonly value: number;
  /** Degrees of freedom; 0 with a single seed. */
  readonly degrees: number;
}

/** The common effect of each seed on all methods: the median over methods of how far each is above its own mean. */
function seedEffects(methods: readonly BySeed[]): BySeed {
  const effects = new Map<number, number[]>();
  for (const method of methods) {
    const center = mean([...method.values()]);
    for (const [seed, value] of method) effects.set(seed, [...(effects.get(seed) ?? []), value - center]);
  }
  return new Map([...effects].map(([seed, values]) => [seed, median(values)]));
}

/** Variance of a method over seeds without the seeds' common effect, which cancels between any two methods. */
function residuals(effect: BySeed): (method: BySeed) => Variance {
  return (method) => {
    const values = [...method].map(([seed, value]) => value - effect.get(seed)!);
    const [center, degrees] = [mean(values), values.length - 1];
    const squares = sum(values.map((value) => (value - center) ** 2));
    return { value: degrees === 0 ? 0 : squares / degrees, degrees };
  };
}

/**
 * Draws a variance towards the others. They are modelled as draws from a scaled inverse χ² distribution, whose two
 * parameters follow from mean and variance of their logarithms. A variance far above all others belongs to a method apart
 * and stays as it is. Undefined if no method has two seeds.
 */
function moderation(variances: readonly Variance[]): ((own: Variance) => Variance) | undefined {
  const known = variances.filter(({ degrees }) => degrees > 0);
  if (known.length < 2) return undefined;
  const typical = median(known.map(({ value }) => value));
  const isApart = ({ value, degrees }: Variance) =>
    degrees > 0 && Math.log(value / typical) > 2 * Math.sqrt(trigamma(degrees / 2));
  const alike = known.filter((one) => !isApart(one));
  // Equal runs have no variance at all, and zero has no logarithm.
  const minVariance = 1e-5 * typical || 1e-30;
  const logs = alike.map(
    ({ value, degrees }) =>
      Math.log(Math.max(value, minVariance)) - digamma(degrees / 2) + Math.log(degrees / 2),
  );
  const center = mean(logs);
  const spread = sum(logs.map((log) => (log - center) ** 2)) / Math.max(1, logs.length - 1);
  const beyond = spread - mean(alike.map(({ degrees }) => trigamma(degrees / 2)));
  const all = sum(alike.map(({ degrees }) => degrees));
  // No more spread than so few degrees of freedom give: one variance for all.
  if (beyond <= 0) return (own) => (isApart(own) ? own : { value: Math.exp(center), degrees: all });
  const prior = 2 * inverseTrigamma(beyond);
  const common = Math.exp(center + digamma(prior / 2) - Math.log(prior / 2));
  return (own) => {
    if (isApart(own)) return own;
    const { value, degrees } = own;
    return {
      value: (prior * common + degrees * value) / (prior + degrees),
      degrees: Math.min(prior + degrees, all),
    };
  };
}
