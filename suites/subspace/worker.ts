import { getOneMessage, sendMessage } from 'execa';
import { random } from '../../base/random.ts';
import { algorithms } from './algorithms.ts';
import type { Measured, Task } from './measure.ts';

/** One algorithm in a process of its own: compiled on a part of the table, then once on all of it. */

const warmUpRows = 100_000;
const sampledRows = 1000;

/** No top-level await: a bundle is one script. */
async function measure(): Promise<void> {
  const { algorithm, rows, width, size } = (await getOneMessage()) as unknown as Task;
  const run = algorithms[algorithm];

  // Column scales from 1 down to 0.01, and every row of a scale of its own from 0 to 2: leverage is not alike.
  const stream = random(1);
  const scales = Float64Array.from({ length: width }, (_, k) => 10 ** ((-2 * k) / Math.max(1, width - 1)));
  const floats = new Float32Array(rows * width);
  for (let row = 0, at = 0; row < rows; row++) {
    const scale = 4 * stream.uniform();
    for (let k = 0; k < width; k++, at++) floats[at] = scale * scales[k] * (stream.uniform() - 0.5);
  }
  for (let round = 0; round < 3; round++)
    run({ floats: floats.subarray(0, Math.min(rows, warmUpRows) * width), width, size });

  const before = { memory: process.resourceUsage().maxRSS, cpu: process.cpuUsage(), wall: performance.now() };
  const { values, scores } = run({ floats, width, size });
  const wall = performance.now() - before.wall;
  const { user, system } = process.cpuUsage(before.cpu);
  const every = Math.max(1, Math.floor(rows / sampledRows));
  const measured: Measured = {
    milliseconds: wall,
    processorMilliseconds: (user + system) / 1000,
    bytes: 1024 * (process.resourceUsage().maxRSS - before.memory),
    values: [...values],
    ...(scores && { scores: [...scores.filter((_, row) => row % every === 0)] }),
  };
  await sendMessage(measured);
}

void measure();
