import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { getOneMessage, sendMessage } from 'execa';
import { backends } from '../../backends/index.ts';
import { datasets, openDataset } from '../../datasets/index.ts';
import { UserError } from '../../base/user-error.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { loadUsed } from '../../plugins/index.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { Stopped } from '../../harness/contract/checkpoints.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import type { Data } from '../../harness/contract/data.ts';
import { run } from '../../harness/run.ts';
import type { Trainer } from '../../harness/training/trainer.ts';
import { writeTestScores } from '../../results/test-scores.ts';
import { findNamed } from '../../base/find-named.ts';
import { errorText } from './describe-exit.ts';
import { DiskShelf } from '../stages/disk-shelf.ts';
import { codeIdentity } from '../stages/code-identity.ts';
import { type CheckpointSettings, DiskCheckpoints } from '../checkpoints/disk-checkpoints.ts';
import type { Job } from '../job.ts';
import { tooLarge } from './too-large.ts';
import { planFor, trainingOf } from '../plan-for.ts';
import { findMethod } from '../find-method.ts';
import { findModel } from '../find-model.ts';
import { keepModel } from '../../serving/export/keep-model.ts';
import { Diverged, type Progress } from '../../harness/training/train.ts';
import type { Assignment, Message } from './worker-protocol.ts';

/** The process of one run. Its memory and its crashes concern no other run. */

const send = (message: Message) => sendMessage({ ...message });

async function carryOut({
  job,
  dataset,
  request,
  plugins,
  fingerprint,
  scoresIn,
  stages,
  checkpoints: asked,
  memoryBytes,
  modelsIn,
}: Assignment): Promise<Message> {
  await loadUsed(plugins);
  const backend = await findNamed(backends, 'backend', job.backend).open({ threads: job.threads });
  const data = await openDataset(findNamed(datasets, 'data set', dataset), request);
  if (data.fingerprint !== fingerprint)
    throw new UserError('the data changed since this comparison began: run it again');
  const plan = planFor(job, data);
  if (isInfeasible(plan)) return { type: 'infeasible', ...plan };
  const model = findModel(job.model);
  const lacking =
    memoryBytes === undefined ? undefined : tooLarge(job, { data, plan, model, backend }, memoryBytes);
  if (lacking) return lacking;
  const keepScores = (probabilities: Float32Array, labels: Uint8Array) => {
    // Intervals over test rows know no weights: without scores they are left out.
    if (scoresIn === undefined || data.weights?.('test') !== undefined) return;
    try {
      writeTestScores(scoresIn, job.id, probabilities, labels);
    } catch (error) {
      console.error(error); // a full disk; the record is worth more, and may still find room
    }
  };
  const settings = { ...trainingOf(job), order: job.batchOrder };
  const notes: string[] = [];
  const checkpoints =
    asked &&
    checkpointsOf(asked, job, backend, (line) => {
      notes.push(line);
      send({ type: 'note', line }).catch(abandoned);
    });
  const outcome = await run(data, plan, model, backend, settings, {
    progress: everyTenthOfASecond(report),
    ...(stages && { shelf: new DiskShelf(stages, job.id) }),
    ...(checkpoints && { checkpoints }),
    tested: (probabilities) => keepScores(probabilities, data.labels('test')),
    ...(modelsIn && {
      served: (trainer) =>
        keepModelOf(job, trainer, data, modelsIn).catch((error: unknown) => {
          // The record is worth more than the model.
          send({ type: 'note', line: `${job.method}: the model is not kept: ${errorText(error)}` }).catch(
            abandoned,
          );
        }),
    }),
  });
  data.close();
  return {
    ...{ type: 'completed', outcome, choices: outcome.choices },
    ...(notes.length > 0 && { checkpointNotes: notes }),
  };
}

/** Keeps the trained model in a folder of its own. */
async function keepModelOf(job: Job, trainer: Trainer, data: Data, folder: string): Promise<void> {
  const model = findModel(job.model);
  const { method: name, options, seed, id, compression, learningRate, optimizer, epochs, batchSize } = job;
  const shape = { denseFields: data.denseFields.length, fields: data.fields.length, dim: job.dim };
  const built = { model, options: model.options.parse(job.modelOptions), shape };
  const run = { id, compression, learningRate, optimizer, epochs, batchSize, data: data.fingerprint };
  await keepModel(join(folder, id), trainer, built, data, { method: findMethod(name), options, seed, run });
}

/** Undefined if the code cannot be told: its bundle was removed, or modules were loaded before it. */
function checkpointsOf(
  settings: CheckpointSettings,
  job: Job,
  backend: OpenBackend,
  tell: (line: string) => void,
): DiskCheckpoints | undefined {
  const { name, version, threads, build } = backend;
  try {
    const code = codeIdentity({ anyHost: true });
    const text = canonicalJson({ code, job: job.id, backend: [name, version, threads, build?.()] });
    return new DiskCheckpoints(settings, { id: job.id, text, tell });
  } catch {
    tell('the training has no checkpoints: nobody can tell the code that this process runs');
    return undefined;
  }
}

const parent = process.ppid;
const abandoned = () => process.exit(1);
// Without its parent, nobody would get the result. The event serves code that waits; training blocks the event loop, so its
// progress reports compare the parent's process number.
process.on('disconnect', abandoned);

function report(progress: Progress): void {
  if (process.ppid !== parent) abandoned();
  send({ type: 'progress', progress }).catch(abandoned);
}

/** Limits messages, whose cost would be part of the run. Points of the learning curve wait for the next message. */
function everyTenthOfASecond(report: (progress: Progress) => void): (progress: Progress) => void {
  let last = 0;
  let points: NonNullable<Progress['points']> = [];
  return (progress) => {
    if (progress.points) points = [...points, ...progress.points];
    const now = performance.now();
    if (now - last < 100 && progress.samples < progress.total) return;
    last = now;
    report({ ...progress, ...(points.length > 0 && { points }) });
    points = [];
  };
}

/** Answers the one message with the run's ending. No top-level await: a bundle is one script. */
async function answer(): Promise<void> {
  const assignment = (await getOneMessage()) as unknown as Assignment;
  let ending: Message;
  try {
    ending = await carryOut(assignment);
    // An error that a method throws from a timer has its turn now, before this run says that it is complete.
    await setTimeout(0);
  } catch (error) {
    // A checkpoint is written: now the process ends as it was asked to.
    if (error instanceof Stopped) process.kill(process.pid, error.signal);
    ending =
      error instanceof Diverged
        ? { type: 'failed', error: error.message, diverged: true }
        : { type: 'failed', error: errorText(error) };
    if (!(error instanceof UserError)) console.error(error); // the trace is for whoever mends it
  }
  await send(ending);
  process.off('disconnect', abandoned);
  process.disconnect();
}

void answer();
