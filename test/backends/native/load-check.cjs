/* global console, process */
// Loads an add-on and compares products on every instruction set of this processor with sums of doubles, in plain JavaScript: it runs
// wherever Node does, under an emulator too.
//
//   node test/backends/native/load-check.cjs FILE.node [OUTPUT]
//
// Prints the set, the threads, the largest error, and a digest of all results: equal digests are equal bits. OUTPUT takes the lines where a
// program has no standard output, as under Wine.
const { createHash } = require('node:crypto');
const { writeFileSync } = require('node:fs');
const { resolve } = require('node:path');

const [, , file, output] = process.argv;
const addon = require(resolve(file));

const shapes = [
  [3, 5, 7],
  [128, 512, 367],
  [67, 33, 129],
];

/** The largest error among some results, and the digest of all. */
function check(set, threads) {
  addon.configure(threads, set);
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const digest = createHash('sha256');
  let worst = 0;
  for (const [m, n, k] of shapes)
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
    ]) {
      const numbers = (length) => Float32Array.from({ length }, () => random() - 0.5);
      const [a, b, c] = [numbers(m * k), numbers(k * n), new Float32Array(m * n)];
      addon.matMul(a, b, c, m, n, k, transposeA, transposeB);
      digest.update(c);
      for (let sample = 0; sample < 50; sample++) {
        const [i, j] = [Math.floor(random() * m), Math.floor(random() * n)];
        let sum = 0;
        for (let l = 0; l < k; l++)
          sum += a[transposeA ? l * m + i : i * k + l] * b[transposeB ? j * k + l : l * n + j];
        worst = Math.max(worst, Math.abs(sum - c[i * n + j]));
      }
    }
  const [rows, width] = [100_000, 16];
  const table = addon.createTable(rows, width, width, 'adagrad');
  addon.fillTable(table, 0, rows * width, 0, 1, 1);
  const vectors = new Float32Array(2 * width);
  addon.gatherRows(table, Uint32Array.of(3 * width, 500 * width), vectors);
  addon.freeTable(table);
  return { worst, digest: digest.update(vectors).digest('hex').slice(0, 16) };
}

const lines = [];
for (const set of ['baseline', 'avx2', 'avx512'])
  for (const threads of [1, 2]) {
    try {
      const { worst, digest } = check(set, threads);
      lines.push(`${set} ${threads} ${worst.toExponential(1)} ${digest}`);
      if (worst > 1e-5) process.exitCode = 1;
    } catch (error) {
      if (!/no instructions/.test(error.message)) throw error;
    }
  }
if (output === undefined) console.log(lines.join('\n'));
else writeFileSync(output, `${lines.join('\n')}\n`);
