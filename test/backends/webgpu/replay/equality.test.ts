import { beforeAll, describe, expect, test } from 'vitest';
import type { OpenBackend } from '../../../../harness/contract/backend.ts';
import { isInfeasible } from '../../../../harness/contract/method.ts';
import { layerAt } from '../../../layers.ts';
import { sized } from '../../../long.ts';
import { variants } from '../../../methods/variants.ts';
import { expectTheTape, fields } from '../../replay/course.ts';
import { courses } from '../../replay/courses.ts';
import { describeGpu, openGpu } from '../describe-gpu.ts';

/**
 * Methods, models, optimizers and everything that training can be asked for, replayed on the card and on the tape: the same bits. All of
 * them in the long form; in the short one, one of each way in which a step uses the device.
 */

const overlappingRows = 'robe {}';
const afterEachStep = 'cafe {}';
const phases = 'opt-embed {}';
const methods = sized(
  variants.filter(({ name }) => [overlappingRows, afterEachStep, phases].includes(name)),
  variants,
);
const ways = sized(
  courses.filter(({ name }) => ['full by adam', 'dropout', 'weights of rows'].includes(name)),
  courses,
);
const timeout = 300_000;

/** Ways whose steps stay on the tape: what they keep from step to step lies in memory that the device's manager had handed out to a step. */
const reasons: Readonly<Record<string, string>> = {
  'gradients of rank 3': 'the memory of steps is used by others',
  'codes and estimates with a method that does something after each step':
    'the memory of steps is used by others',
  'pooled fields, other numbers of values in each batch':
    'a constant of what is brought differs from step to step',
};

describeGpu('replayed steps on the card', () => {
  let open: OpenBackend;
  beforeAll(async () => {
    ({ open } = await openGpu());
  });

  describe('of every method', () => {
    test.each(methods)('$name', { timeout }, async ({ method, options }) => {
      const planAt = (ratio: number) => method.plan(layerAt(fields, 8, ratio), method.options.parse(options));
      const ratio = [16, 4, 1].find((ratio) => !isInfeasible(planAt(ratio)))!;
      const counts = await expectTheTape(open, {
        plan() {
          const plan = planAt(ratio);
          if (isInfeasible(plan)) throw new Error(plan.reason);
          return plan;
        },
      });
      expect(counts.reason).toBeUndefined();
      // The first step of a size brings variables to the card: one more is on the tape than on the native backend.
      expect(counts.replayed).toBeGreaterThanOrEqual(14);
      expect(counts.replayed + counts.taped).toBe(24);
    });
  });

  describe('in every way', () => {
    test.each(ways)('$name', { timeout }, async ({ name, ...course }) => {
      const counts = await expectTheTape(open, course);
      expect(counts.reason).toBe(reasons[name]);
      if (counts.reason === undefined) expect(counts.replayed).toBeGreaterThanOrEqual(11);
      expect(counts.replayed).toBe((course.steps ?? 24) - counts.taped);
    });
  });
});
