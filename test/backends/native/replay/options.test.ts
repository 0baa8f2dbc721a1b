import { beforeAll, describe, expect, test } from 'vitest';
import { native } from '../../../../backends/native/index.ts';
import type { OpenBackend } from '../../../../harness/contract/backend.ts';
import { expectTheTape, trained } from '../../replay/course.ts';
import { courses, full } from '../../replay/courses.ts';
import { openNative } from '../on-both.ts';

/** Models, optimizers and everything that training can be asked for, replayed and on the tape: the same bits. */

const { usable, detail } = await native.probe();

describe.runIf(usable)(`replayed steps${usable ? '' : ` (${detail})`}`, () => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await openNative();
  });

  test.each(courses)('$name', async ({ taped = 4, ...course }) => {
    const counts = await expectTheTape(backend, course);
    expect(counts.reason).toBeUndefined();
    expect(counts.taped).toBeLessThanOrEqual(taped + 1); // the last step runs on the tape, to see that it is still the same
    expect(counts.replayed).toBe((course.steps ?? 24) - counts.taped);
  });

  test('the steps of a trainer whose backend lends no replays are all on the tape', async () => {
    const { replaySteps, ...tape } = backend;
    expect((await trained(tape, { plan: full })).counts).toBeUndefined();
    expect(replaySteps).toBeDefined();
  });
});
