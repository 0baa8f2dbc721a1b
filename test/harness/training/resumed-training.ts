import { expect } from 'vitest';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import type { Plan } from '../../../harness/contract/method.ts';
import type { Remembered } from '../../../harness/contract/step-memory.ts';
import type { RunSettings } from '../../../harness/training/stages/run-stages.ts';
import { type Course, MemoryCheckpoints } from './memory-checkpoints.ts';
import { type Asked, trainingOf } from './shared-training.ts';

type Open = () => Promise<OpenBackend>;

/** Trains undisturbed, and in processes that end after some steps each, and expects the same of both, bit by bit. Returns the number of processes. */
export async function expectResumed(
  asked: Asked,
  settings: RunSettings,
  open: Open,
  course: Course,
): Promise<number> {
  const undisturbed = untimed(await trainingOf(asked, settings, await open()));
  const { result, processes } = await resumedTraining(asked, settings, open, course);
  expect(result).toEqual(undisturbed);
  return processes;
}

/** Expects that such a training is another one if one thing that the plan remembers comes back as ones. */
export async function expectRemembered(
  { name, ...asked }: Asked & { readonly name: string },
  settings: RunSettings,
  open: Open,
  course: Course,
): Promise<void> {
  const undisturbed = untimed(await trainingOf(asked, settings, await open()));
  const forgetful = (plan: Plan): Plan => {
    if (typeof plan.memory !== 'object') throw new Error('it remembers nothing');
    const { memory } = plan;
    const write = (remembered: Remembered) => {
      const value = remembered[name];
      memory.write({ ...remembered, [name]: typeof value === 'number' ? 1 : value.fill(1) });
    };
    return { ...plan, memory: { read: () => memory.read(), write } };
  };
  const resumed = resumedTraining(asked, settings, open, course, forgetful);
  const result = await resumed
    .then((done) => done.result)
    .catch(() => 'the method finds that something is wrong');
  expect(result).not.toEqual(undisturbed);
}

async function resumedTraining(
  asked: Asked,
  settings: RunSettings,
  open: Open,
  course: Course,
  changed?: (plan: Plan) => Plan,
) {
  const checkpoints = new MemoryCheckpoints(course);
  const { result, processes } = await checkpoints.inProcesses(async () =>
    trainingOf(asked, settings, await open(), undefined, checkpoints, changed),
  );
  expect(checkpoints.told).toEqual([]);
  return { result: untimed(result), processes };
}

type Training = Awaited<ReturnType<typeof trainingOf>>;

/** Without what is of the clock, and how many steps were recorded anew. */
function untimed({ results, stages, ...training }: Training) {
  return {
    ...training,
    results: results.map((result) => ({ ...result, rates: 0, ran: undefined })),
    stages: stages.map((stage) => ({ ...stage, replay: undefined })),
  };
}
