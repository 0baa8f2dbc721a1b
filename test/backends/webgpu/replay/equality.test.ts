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
  courses.filter(({ name }) =>
    ['full by adam', 'dropout', 'weights of rows', 'weights that are read after every step'].includes(name),
  ),
  courses,
);
const timeout = 300_000;

/** Ways whose steps stay on the tape: estimates are kept from step to step in memory that a step had. */
const reasons: Readonly<Record<string, string>> = {
  'gradients of rank 3': 'the memory of steps is used by others',
  'codes and estimates with a method that does something after each step':
    'the memory of steps is used by others',
  'pooled fields, sum, as many values in each batch': 'fields are pooled',
  'pooled fields, mean, as many values in each batch': 'fields are pooled',
  'pooled fields, other numbers of values in each batch': 'fields are pooled',
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
      expect(counts.replayed).toBeGreaterThanOrEqual(14);
    });
  });

  describe('in every way', () => {
    test.each(ways)('$name', { timeout }, async ({ name, taped = 4, ...course }) => {
      const counts = await expectTheTape(open, course);
      expect(counts.reason).toBe(reasons[name]);
      // Three more run on the tape: the last step, one that brings variables to the card, and one where weights are put in and out.
      if (counts.reason === undefined) expect(counts.taped).toBeLessThanOrEqual(taped + 3);
    });
  });
});
