import { describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { openWith } from '../../../backends/native/index.ts';
import { isInfeasible } from '../../../harness/contract/method.ts';
import { full } from '../../../methods/full.ts';
import { methods } from '../../../methods/index.ts';
import { findMethod } from '../../../suites/find-method.ts';
import { findModel } from '../../../suites/find-model.ts';
import { describeBackends, openOnce } from '../../backends/compared.ts';
import { addon } from '../../backends/native/addon.ts';
import { describeNative } from '../../backends/native/describe-native.ts';
import { layerAt } from '../../layers.ts';
import { isLong } from '../../long.ts';
import { smallData } from '../../small-data.ts';
import { type Course, furthest, losses } from '../training/training-course.ts';
import { smallVariants, type Variant } from './small-variants.ts';

/** Every model takes the course of the cpu oracle on every backend, and trains with methods of every kind. */

const timeout = 180_000;
const uncompressed: Course = { method: full, ratio: 1, options: {} };
/** A driver for graphics that computes on the CPU takes its time. */
const stepsOn = (backend: string) => (backend === 'webgpu' && !isLong ? 4 : 30);
const variantsOn = (backend: string) =>
  backend === 'webgpu' && !isLong ? smallVariants.filter((_, i) => i % 2 === 0) : smallVariants;

const oracle = new Map<Variant, Promise<number[]>>();
function expectedLosses(variant: Variant): Promise<number[]> {
  const known =
    oracle.get(variant) ??
    cpu.open({}).then((opened) => losses(opened, uncompressed, 'adagrad', 30, variant));
  oracle.set(variant, known);
  return known;
}

describeBackends('training steps on', (backend) => {
  const steps = stepsOn(backend.name);
  test.each(variantsOn(backend.name))(
    'take the course of the cpu oracle: $title',
    { timeout },
    async (variant) => {
      const expected = (await expectedLosses(variant)).slice(0, steps);
      const found = await losses(await openOnce(backend), uncompressed, 'adagrad', steps, variant);
      expect(furthest(found, expected)).toBeLessThan(2e-5);
    },
  );
});

describeNative('on native', () => {
  test.each(smallVariants)('$title is the same bits with any number of threads', async (variant) => {
    const courseWith = async (threads: number) =>
      losses(await openWith(addon, threads), uncompressed, 'adagrad', 12, variant);
    const expected = await courseWith(1);
    expect(Math.min(...expected.slice(-3))).toBeLessThan(expected[0]);
    for (const threads of [2, 3]) expect(await courseWith(threads)).toEqual(expected);
  });

  const compressing: Course[] = [
    { method: findMethod('hash'), ratio: 3, options: {} },
    { method: findMethod('qr'), ratio: 3, options: { threshold: 5 } },
    { method: findMethod('md'), ratio: 3, options: {} },
    { method: findMethod('tt'), ratio: 2, options: {} },
    { method: findMethod('dhe'), ratio: 2, options: { hashes: 16, maxWidth: 9 } },
    { method: findMethod('int8(hash)'), ratio: 8, options: {} },
  ];
  const wide = smallVariants.filter(({ model }) => model.width === undefined);

  test.each(
    wide.flatMap((variant) => compressing.map((course) => ({ variant, course, name: course.method.name }))),
  )('$variant.title trains with $name', async ({ variant, course }) => {
    const found = await losses(await openWith(addon, 1), course, 'adagrad', 30, variant);
    expect(found.every(Number.isFinite)).toBe(true);
    const mean = (part: number[]) => part.reduce((sum, x) => sum + x) / part.length;
    expect(mean(found.slice(-6))).toBeLessThan(mean(found.slice(0, 6)));
  });
});

describe('vectors of one float', () => {
  const fields = smallData().fields;
  const planAt = (name: string, ratio: number) => {
    const method = findMethod(name);
    return method.plan(layerAt(fields, 1, ratio), method.options.parse({}));
  };

  test('have no plan of these methods at 2x; all others have one', () => {
    const infeasible = methods.filter(({ name }) => isInfeasible(planAt(name, 2))).map(({ name }) => name);
    expect(infeasible).toMatchInlineSnapshot(`
      [
        "full",
        "uniform",
        "quotient-remainder",
        "complementary-partitions",
        "memcom",
        "deep-hash",
        "low-rank",
        "svd",
        "multi-layer",
        "auto-dim",
        "dim-grow",
        "adaptive-low-precision-training",
      ]
    `);
  });

  const feasible = methods.map(({ name }) => name).filter((name) => !isInfeasible(planAt(name, 2)));
  test.each(feasible)('are trained by %s under a logistic regression', { timeout }, async (name) => {
    const course = { method: findMethod(name), ratio: 2, options: {} };
    const logistic = { model: findModel('linear'), options: {} };
    const found = await losses(await openWith(addon, 1), course, 'adagrad', 12, logistic);
    expect(found.every(Number.isFinite)).toBe(true);
  });
});
