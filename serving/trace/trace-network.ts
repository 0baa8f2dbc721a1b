import * as tf from '../../tensors/index.ts';
import type { Network } from '../../harness/contract/model.ts';
import { Recorded } from './recorded.ts';
import { type TracedBatch, tracedIn } from './trace-layer.ts';

/** The log-odds [rows] of dense values [rows, columns] and vectors [rows, fields, dim], with every operation written down. */
export function traceNetwork(
  network: Network,
  dense: Float32Array,
  vectors: Float32Array,
  [rows, fields, dim]: readonly [rows: number, fields: number, dim: number],
): TracedBatch {
  const recorded = new Recorded();
  const inputs = { dense: recorded.next(), vectors: recorded.next() };
  network.variables.forEach((variable, i) => {
    const [value] = recorded.add('network', {}, [variable.shape], { variable: i });
    recorded.know(variable, value);
  });
  return tracedIn(recorded, inputs, () => {
    const ofDense = tf.tensor2d(dense, [rows, dense.length / rows]);
    const ofIds = tf.tensor3d(vectors, [rows, fields, dim]);
    recorded.know(ofDense, inputs.dense);
    recorded.know(ofIds, inputs.vectors);
    return network.logits(ofDense, ofIds);
  });
}
