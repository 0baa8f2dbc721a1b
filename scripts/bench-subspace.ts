import { algorithms, type Algorithm } from '../suites/subspace/algorithms.ts';
import { measureSubspace, type Measured } from '../suites/subspace/measure.ts';
import { main } from './terminal/main.ts';
import { complain, print } from './terminal/printed.ts';
import { subspaceTable } from './documents/subspace-table.ts';
import { wholeNumber } from './options/values.ts';
import { verb } from './options/verb.ts';

interface Options {
  readonly rows: number;
  readonly width: number;
  readonly sketch: number;
  readonly rounds: number;
}

const command = verb('bench:subspace', '[options]')
  .description(
    'Measures axes of a table and leverage of its rows by subspace embeddings, beside its Gram matrix and its exact SVD, ' +
      'and prints time, memory and error as a Markdown table. Each has a process of one thread; they take turns, round ' +
      'after round. See docs/subspace.md.',
  )
  .option('--rows <n>', 'of the table', wholeNumber(1), 10_000_000)
  .option('--width <n>', 'its columns', wholeNumber(1), 16)
  .option('--sketch <n>', 'rows of the sketches', wholeNumber(1), 4096)
  .option('--rounds <n>', 'how often each is measured', wholeNumber(1), 5);

export const ended = main(async () => {
  const { rows, width, sketch, rounds } = command.parse().opts<Options>();
  const names = Object.keys(algorithms) as Algorithm[];
  const found = new Map<Algorithm, Measured[]>(names.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++)
    // Every other round runs backwards, so that a steady drift affects all alike.
    for (const algorithm of round % 2 ? names : names.toReversed()) {
      const measured = await measureSubspace({ algorithm, rows, width, size: Math.max(width, sketch) });
      found.get(algorithm)!.push(measured);
      complain(`round ${round}: ${algorithm}: ${(measured.milliseconds / 1000).toFixed(2)} s`);
    }
  const [exact] = found.get('leverage, exact SVD')!;
  print(`${rows} x ${width}, sketches of ${sketch} rows, ${rounds} rounds, Node ${process.version}\n`);
  print(subspaceTable(found, exact));
  return 0;
});
