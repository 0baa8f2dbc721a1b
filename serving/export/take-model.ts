import { random } from '../../base/random.ts';
import type { Plan } from '../../harness/contract/method.ts';
import type { Model, ModelShape, Network } from '../../harness/contract/model.ts';
import type { Embedding } from '../../harness/embedding/embedding.ts';
import { saveServing, type ServedLayer } from '../../harness/serving/served-layer.ts';
import { ServedRows } from '../../harness/serving/served-rows.ts';
import * as tf from '../../tensors/index.ts';
import { tracedRows } from '../trace/joined-runs.ts';
import { programOf, type Sized, type TracedProgram } from '../trace/program-of.ts';
import { traceLayer } from '../trace/trace-layer.ts';
import { traceNetwork } from '../trace/trace-network.ts';

/** A trained model as it is served: what is stored of it, and the programs that compute log-odds from that. */
export interface TakenModel {
  readonly plan: Plan;
  readonly layer: ServedLayer & TracedProgram;
  readonly network: TracedProgram & { readonly variables: readonly StoredVariable[] };
}

export interface StoredVariable {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The network that the run trained. */
export interface BuiltModel {
  readonly model: Model;
  readonly options: unknown;
  readonly shape: ModelShape;
}

/**
 * Takes what is served out of a process that has trained it. The programs are traced on the plain backend, whose kernels are the ordinary ones, with
 * three small batches of random ids; afterwards that backend is the current one. Throws an Error that names what cannot be exported.
 */
export async function takeModel(
  { embedding, network }: { readonly embedding: Embedding; readonly network: Network },
  { model, options, shape }: BuiltModel,
  cardinalities: readonly number[],
): Promise<TakenModel> {
  const { plan } = embedding;
  const saved = await saveServing(embedding);
  const variables: StoredVariable[] = [];
  for (const variable of network.variables)
    variables.push({ shape: variable.shape, values: (await variable.data<'float32'>()).slice() });

  await tf.setBackend('cpu');
  const own = model.build(shape, options, 0);
  own.variables.forEach((variable, i) => {
    tf.tidy(() => variable.assign(tf.tensor(variables[i].values, [...variables[i].shape])));
  });
  const rows = new Map(plan.tables.map((table, i) => [table, new ServedRows(table, saved.tables[i])]));
  const weights = new Map(
    (plan.weights ?? []).map((weight, i) => [weight, new Float32Array(saved.weights[i].slice().buffer)]),
  );
  const layer = { plan, rowsOf: (table: Plan['tables'][number]) => rows.get(table)!, weightOf: (weight: NonNullable<Plan['weights']>[number]) => weights.get(weight)! }; // prettier-ignore

  const batches = tracedRows.map((count): { layer: Sized; network: Sized } => {
    const draw = random(count);
    const ids = Uint32Array.from(
      { length: count * cardinalities.length },
      (_, at) => draw.next() % cardinalities[at % cardinalities.length],
    );
    const dense = Float32Array.from({ length: count * shape.denseFields }, () => draw.uniform());
    const looked = traceLayer(layer, ids, count);
    return {
      layer: [looked, count],
      network: [traceNetwork(own, dense, looked.floats, [count, shape.fields, shape.dim]), count],
    };
  });
  for (const variable of own.variables) variable.dispose();
  const [few, more, most] = batches;
  return {
    plan,
    layer: { ...saved, ...programOf(few.layer, more.layer, most.layer) },
    network: { ...programOf(few.network, more.network, most.network), variables },
  };
}
