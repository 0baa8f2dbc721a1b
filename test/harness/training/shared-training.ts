import { dlrm } from '../../../harness/models/dlrm.ts';
import type { Checkpoints } from '../../../harness/contract/checkpoints.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import { isInfeasible, type Plan } from '../../../harness/contract/method.ts';
import { runStages, type RunSettings } from '../../../harness/training/stages/run-stages.ts';
import type { Progress } from '../../../harness/training/train.ts';
import { findMethod } from '../../../suites/find-method.ts';
import { layerAt } from '../../layers.ts';
import { smallData } from '../../small-data.ts';
import { smallRun as usualRun } from '../../small-run.ts';
import type { MemoryShelf } from './memory-shelf.ts';

export const data = smallData();
export const smallRun = { ...usualRun, batchSize: 150 };

export interface Asked {
  readonly method: string;
  readonly options?: Record<string, unknown>;
  readonly ratio: number;
}

export const planOf = ({ method, options = {}, ratio }: Asked): Plan | undefined => {
  const found = findMethod(method);
  const plan = found.plan(layerAt(data.fields, smallRun.dim, ratio), found.options.parse(options));
  return isInfeasible(plan) ? undefined : plan;
};
/** All of a run's training that is the same whenever it is repeated. */
export async function trainingOf(
  asked: Asked,
  settings: RunSettings,
  backend: OpenBackend,
  shelf?: MemoryShelf,
  checkpoints?: Checkpoints,
  changed: (plan: Plan) => Plan = (plan) => plan,
) {
  const points: (number | undefined)[] = [];
  const told = (progress: Progress) => void points.push(...(progress.points ?? []).map(({ loss }) => loss));
  const plan = changed(planOf(asked)!);
  const trained = await runStages(data, plan, dlrm, backend, settings, told, shelf, checkpoints);
  const { trainer, results, costs, memory } = trained;
  const weights = await trainer.readWeights();
  const states = await Promise.all(
    trainer.embedding.plan.tables.map((table) => trainer.embedding.rowsOf(table).readState()),
  );
  const { choices } = trainer.embedding.plan;
  trainer.dispose();
  const timeless = results.map((result) => ({ ...result, rates: result.rates.length }));
  const stages = costs.map((stage) => ({ ...stage, seconds: 0, shared: undefined }));
  return { weights, states, choices, results: timeless, stages, memory, points };
}

export const practices: readonly (Partial<RunSettings> & { readonly called: string })[] = [
  { called: 'plain' },
  {
    called: 'Adam, several epochs, the best of which is kept',
    optimizer: 'adam',
    learningRate: 0.02,
    epochs: 3,
    patience: 1,
  },
  {
    called: 'averages, dropout, a schedule',
    epochs: 2,
    average: 0.3,
    dropout: 0.2,
    warmUp: 0.2,
    decay: 'linear:0.1',
  },
  {
    called: 'penalties, rates by plateaus',
    epochs: 2,
    reduceOnPlateau: 2,
    l2Rows: 1e-3,
    l2Network: 1e-3,
    optimizer: 'rowwise-adagrad',
  },
];
