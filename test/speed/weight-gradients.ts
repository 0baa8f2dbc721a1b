import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { median } from '../../analysis/statistics/estimates.ts';
import type { Addon } from '../../backends/native/addon.ts';
import { addonFile } from '../../backends/native/build.ts';
import { main } from '../../scripts/terminal/main.ts';
import { print } from '../../scripts/terminal/printed.ts';

/**
 * GFLOP per CPU second of the products of DLRM's layers, by the built add-on and by another one, in turn, and whether weight gradients
 * have the same bits.
 *
 * `npx tsx test/speed/weight-gradients.ts [--other FILE.node] [--batch 2048] [--rounds 9] [--set avx2]`
 */

const { values: asked } = parseArgs({
  options: {
    other: { type: 'string' },
    batch: { type: 'string', default: '2048' },
    rounds: { type: 'string', default: '9' },
    set: { type: 'string' },
  },
});
const m = Number(asked.batch);
const load = (file: string): Addon => {
  const addon = createRequire(import.meta.url)(file) as Addon;
  addon.configure(1, asked.set);
  return addon;
};
const floats = (n: number) => Float32Array.from({ length: n }, () => Math.random() - 0.5);

const oddShapes = 300;

/** Odd shapes whose weight gradients differ. */
function differing(addons: readonly Addon[]): number {
  const side = (most: number) => 1 + Math.floor(Math.random() ** 2 * most);
  let differ = 0;
  for (let i = 0; i < oddShapes; i++) {
    const [samples, inputs, outputs] = [side(1500), side(300), side(700)];
    const [x, dz] = [samples * inputs, samples * outputs].map(floats);
    const bits = addons.map((addon) => {
      const [dWeights, dBias] = [new Float32Array(inputs * outputs), new Float32Array(outputs)];
      addon.denseGradWeights(x, dz, dWeights, dBias, samples, inputs, outputs);
      return Buffer.concat([Buffer.from(dWeights.buffer), Buffer.from(dBias.buffer)]);
    });
    if (!bits[0].equals(bits[1])) differ++;
  }
  return differ;
}

await main(() => {
  const files = [addonFile(), ...(asked.other ? [asked.other] : [])];
  const addons = files.map(load);
  for (const [inputs, outputs] of [
    [13, 512],
    [512, 256],
    [256, 64],
    [64, 16],
    [367, 512],
    [512, 256],
    [256, 1],
  ]) {
    const [x, dz, weights] = [m * inputs, m * outputs, inputs * outputs].map(floats);
    const results = addons.map(() => ({
      dWeights: new Float32Array(inputs * outputs),
      dBias: new Float32Array(outputs),
      dx: new Float32Array(m * inputs),
      y: new Float32Array(m * outputs),
    }));
    const works = addons.flatMap((addon, i) => {
      const { dWeights, dBias, dx, y } = results[i];
      return [
        () => addon.denseGradWeights(x, dz, dWeights, dBias, m, inputs, outputs),
        () => addon.denseGradInput(dz, weights, undefined, dx, m, inputs, outputs),
        () => addon.matMul(x, weights, y, m, outputs, inputs, false, false),
      ];
    });
    const speeds = works.map((): number[] => []);
    const flops = 2 * m * inputs * outputs;
    const repeats = Math.max(1, Math.ceil(4e8 / flops));
    for (let round = -1; round < Number(asked.rounds); round++)
      works.forEach((work, i) => {
        const start = process.cpuUsage();
        for (let k = 0; k < repeats; k++) work();
        const { user, system } = process.cpuUsage(start);
        if (round >= 0) speeds[i].push((flops * repeats) / (user + system) / 1000);
      });
    const equal = results.every(({ dWeights, dBias }) =>
      [
        [dWeights, results[0].dWeights],
        [dBias, results[0].dBias],
      ].every(([a, b]) => Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0),
    );
    const texts = addons.map((_, i) =>
      ['dW', 'dx', 'forward']
        .map(
          (name, k) =>
            `${name} ${median(speeds[3 * i + k])
              .toFixed(0)
              .padStart(3)}`,
        )
        .join(', '),
    );
    print(
      `${inputs} x ${outputs}: ${texts.join(' | other: ')} GFLOP/s${addons.length > 1 ? (equal ? ', same bits' : ', OTHER BITS') : ''}`,
    );
  }
  if (addons.length > 1) print(`${differing(addons)} of ${oddShapes} odd shapes have other bits`);
  return Promise.resolve(0);
});
