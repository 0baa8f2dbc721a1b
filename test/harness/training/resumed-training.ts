import { expect } from 'vitest';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import type { RunSettings } from '../../../harness/training/run-stages.ts';
import { MemoryCheckpoints, type Course } from './memory-checkpoints.ts';
import { type Asked, trainingOf } from './shared-training.ts';

/** Trains undisturbed, and in processes that end after some steps each, and expects the same of both, bit by bit. Returns the number of processes. */
export async function expectResumed(
  asked: Asked,
  settings: RunSettings,
  open: () => Promise<OpenBackend>,
  course: Course,
): Promise<number> {
  const undisturbed = await trainingOf(asked, settings, await open());
  const checkpoints = new MemoryCheckpoints(course);
  const { result, processes } = await checkpoints.inProcesses(async () =>
    trainingOf(asked, settings, await open(), undefined, checkpoints),
  );
  expect(checkpoints.told).toEqual([]);
  expect(untimed(result)).toEqual(untimed(undisturbed));
  return processes;
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
