import * as tf from '../../../tensors/index.ts';
import { random } from '../../../base/random.ts';
import { describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { native } from '../../../backends/native/index.ts';
import { wasm } from '../../../backends/wasm/index.ts';
import { savedTensorBytes } from '../../../harness/measuring/saved-tensor-bytes.ts';
import { activationBits } from '../../../harness/contract/activations.ts';
import type { SavedActivations } from '../../../harness/contract/model.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { run, type RunSettings } from '../../../harness/run.ts';
import { mixedDimension } from '../../../methods/mixed-dimension/index.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { smallData } from '../../small-data.ts';
import { smallRun } from '../../small-run.ts';

const data = smallData();
const settings: RunSettings = { ...smallRun, epochs: 2, modelOptions: { bottom: [32], top: [64, 32] } };

describe.each([wasm, native])('training with approximate activations on $name', (backend) => {
  const runWith = async (change: Partial<RunSettings>) => {
    const plan = feasiblePlan(mixedDimension, layerAt(data.fields, settings.dim, 3));
    return run(data, plan, dlrm, await backend.open({}), { ...settings, ...change });
  };

  test('learns as much, and holds b / 32 of what layers were given', async () => {
    const exact = await runWith({});
    // 60 samples of 2 dense features, 32, 10 of the interaction, 64 and 32: [batch, in] of every layer, as floats.
    expect(exact.memory.training.measured.layerBytes).toBe(4 * 60 * (2 + 32 + 10 + 64 + 32));
    for (const activations of activationBits) {
      const found = await runWith({ activations });
      const { layerBytes: layers, otherBytes: others } = found.memory.training.measured;
      expect(others).toBe(exact.memory.training.measured.otherBytes);
      // Codes fill whole words of rows, and every layer has a scale.
      const words = [2, 32, 10, 64, 32].map((n) => Math.ceil((n * activations) / 32));
      expect(layers).toBe(4 * (60 * words.reduce((sum, n) => sum + n) + 5));
      expect(layers / exact.memory.training.measured.layerBytes).toBeLessThan((1.25 * activations) / 32);

      expect(found.quality).not.toEqual(exact.quality);
      expect(Math.abs(found.quality.auc - exact.quality.auc)).toBeLessThan(activations === 2 ? 0.1 : 0.03);
    }
  });
});

test('what is held is what there is between the passes and not after them', async () => {
  await cpu.open({});
  const network = dlrm.build({ denseFields: 3, fields: 2, dim: 4 }, { bottom: [5], top: [7] }, 1);
  for (const activations of [undefined, ...activationBits]) {
    tf.tidy(() => {
      const stream = random(5);
      const normal = (n: number) => Float32Array.from({ length: n }, () => stream.normal());
      const [dense, vectors] = [tf.tensor2d(normal(27), [9, 3]), tf.tensor3d(normal(72), [9, 2, 4])];
      const inputs = new Set([dense, vectors].map(({ dataId }) => dataId));
      const before = tf.memory();
      let held = { layers: 0, others: 0 };
      const seen: number[] = [];
      // The first gradient function of the backward pass sees the saved tensors and its own slope.
      const probe = tf.customGrad((x) => ({
        value: tf.clone<tf.Tensor>(x as tf.Tensor),
        gradFunc: (dy: tf.Tensor) => {
          seen.push(tf.memory().numDataBuffers - before.numDataBuffers);
          return dy;
        },
      }));
      tf.variableGrads(() => {
        const kept: SavedActivations[] = [];
        const backward = {
          ...(activations && { activations }),
          onSaved: (of: SavedActivations) => kept.push(of),
        };
        const loss: tf.Scalar = tf.sum(probe(network.logits(dense, vectors, backward)));
        held = savedTensorBytes(kept);
        const buffers = new Set(tf.engine().state.activeTape.flatMap(({ saved }) => saved ?? []).map(({ dataId }) => dataId)); // prettier-ignore
        const variables = network.variables.map(({ dataId }) => dataId);
        seen.push([...buffers].filter((id) => !inputs.has(id) && !variables.includes(id)).length);
        return loss;
      });
      expect(held.layers).toBeGreaterThan(0);
      expect(held.others).toBeGreaterThan(0);
      const [counted, there] = seen;
      expect(there - counted).toBe(3); // the loss and its gradient's own, whatever layers keep
    });
  }
  expect(savedTensorBytes([])).toEqual({ layers: 0, others: 0 });
});
