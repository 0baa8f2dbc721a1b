import { beforeAll, describe, expect, test } from 'vitest';
import { native } from '../../../../backends/native/index.ts';
import type { OpenBackend } from '../../../../harness/contract/backend.ts';
import { isInfeasible } from '../../../../harness/contract/method.ts';
import { layerAt } from '../../../layers.ts';
import { variants } from '../../../methods/variants.ts';
import { openNative } from '../on-both.ts';
import { expectTheTape, fields } from '../../replay/course.ts';

/** Every method, replayed and on the tape: the same bits. */

const { usable, detail } = await native.probe();

describe.runIf(usable)(`replayed steps${usable ? '' : ` (${detail})`}`, () => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await openNative();
  });

  test.each(variants)('$name', async ({ method, options }) => {
    const planAt = (ratio: number) => method.plan(layerAt(fields, 8, ratio), method.options.parse(options));
    const ratio = [16, 4, 1].find((ratio) => !isInfeasible(planAt(ratio)))!;
    const counts = await expectTheTape(backend, {
      plan() {
        const plan = planAt(ratio);
        if (isInfeasible(plan)) throw new Error(plan.reason);
        return plan;
      },
    });
    expect(counts.reason).toBeUndefined();
    expect(counts.replayed).toBeGreaterThanOrEqual(15);
    expect(counts.replayed + counts.taped).toBe(24);
  });
});
