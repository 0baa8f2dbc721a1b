import { execa } from 'execa';
import * as tf from '../../../tensors/index.ts';
import { beforeAll, expect, test } from 'vitest';
import { tensorflow } from '../../../backends/tensorflow/index.ts';
import { kernelOr } from '../../../harness/ops/kernel.ts';
import { root } from '../../scripts/run-script.ts';
import { normals } from '../native/numbers.ts';
import { describeTensorflow } from './describe-tensorflow.ts';

describeTensorflow('the tensorflow backend', () => {
  beforeAll(async () => {
    await tensorflow.open({ threads: 2 });
  });

  test('says what it is, and keeps the threads that it was loaded with', async () => {
    const opened = await tensorflow.open({});
    expect(opened.version).toMatch(/^\d+\.\d+\.\d+ TensorFlow \d+\.\d+\.\d+ [CG]PU$/);
    expect(opened.threads).toBe(2);
    await expect(tensorflow.open({ threads: 3 })).rejects.toThrow(
      '--threads 3: TensorFlow has 2 in this process since it was loaded',
    );
  });

  test.each([false, true])("masks a layer's gradient as the composition does: %s", (masked) => {
    const dz = tf.tensor2d(normals(5 * 4, 1), [5, 4]);
    const weights = tf.tensor2d(normals(3 * 4, 2), [3, 4]);
    const mask = tf.relu(tf.tensor2d(normals(5 * 3, 3), [5, 3]));
    const start = tf.memory().numTensors;
    const found = kernelOr('DenseLayerGradInput', { dz, weights, ...(masked && { mask }) }, () =>
      expect.fail('no kernel'),
    );
    expect(tf.memory().numTensors).toBe(start + 1);
    const product = tf.matMul(dz, weights, false, true);
    const expected = masked ? tf.mul(product, tf.step(mask)) : product;
    expect(tf.max(tf.abs(tf.sub(found as unknown as tf.Tensor, expected))).dataSync()[0]).toBeLessThan(1e-6);
  });
});

/** CPU seconds per second of a product in a process of its own. */
async function processorsUsed(threads: number): Promise<number> {
  const program = `
    import * as tf from './tensors/index.ts';
    import { tensorflow } from './backends/tensorflow/index.ts';
    await tensorflow.open({ threads: ${threads} });
    const x = tf.ones([1000, 1000]);
    tf.matMul(x, x).dataSync();
    const [start, used] = [performance.now(), process.cpuUsage()];
    for (let i = 0; i < 10; i++) tf.tidy(() => tf.matMul(x, x).dataSync());
    const { user } = process.cpuUsage(used);
    console.log(user / 1000 / (performance.now() - start));`;
  const options = { cwd: root };
  const { stdout } = await execa('node', ['--import', 'tsx', '--input-type=module', '-e', program], options);
  return Number(stdout);
}

describeTensorflow('with one thread, the tensorflow backend', () => {
  // Two would take nearly 2; what Node itself does beside TensorFlow is more than a tenth on a busy machine.
  test('takes one processor', { timeout: 60_000 }, async () => {
    expect(await processorsUsed(1)).toBeLessThan(1.5);
  });
});
