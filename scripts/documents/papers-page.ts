import { baseline } from '../../analysis/comparisons/comparable.ts';
import { aboutClaim } from '../../reports/claims/claims-view.ts';
import { paperClaims } from '../../reports/claims/papers.ts';
import { formatCount, formatRatio } from '../../reports/format.ts';
import { machineOfRun } from '../../results/hardware.ts';
import type { Recording } from '../../results/recording.ts';
import { type PaperSuite, paperRates, paperSuites } from '../options/paper-suites.ts';

/** Samples of training a second, and where they were measured. */
export interface MeasuredSpeed {
  readonly samplesPerSecond: number;
  readonly place: string;
}

/** The part of a log that trains under the temporal split, and nearly under the others. */
const trainingShare = 6 / 7;

/** docs/papers.md: a suite for each paper, its command, and what it takes on the paper's whole log. */
export function papersPage({ samplesPerSecond, place }: MeasuredSpeed): string {
  const lines = paperSuites.map((suite) => {
    const { name, dataset, methods, compressions, seeds, neededSeeds, rows, epochs } = suite;
    const runs = runsOf(suite);
    const samples = rows === undefined ? undefined : runs * epochs * trainingShare * rows;
    const cells = [
      `\`${name}\``,
      suite.claims.map(({ id }) => `[${id}](claims.md)`).join(', '),
      `${dataset}; ${methods.join(', ')}`,
      compressions.map(formatRatio).join(', '),
      neededSeeds === undefined ? `${seeds}; no number shows it` : String(seeds),
      String(runs),
      samples === undefined ? '' : formatCount(Math.round(samples / 1e6)),
      samples === undefined ? '' : formatCount(Math.round(samples / samplesPerSecond / 3600)),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `# Papers, repeated on their own logs

Written by \`npm run docs\` from [papers.json](../reports/claims/papers.json). A suite compares what a paper compares, on the paper's log and split, with the baseline \`full\`:

\`\`\`
npm run bench -- --suite paper-md --data train.txt
npm run bench -- --suite paper-md --data train.txt --plan results/paper-md
\`\`\`

The second line gives the runs to a cluster ([cluster.md](cluster.md)). Flags win over the suite: \`--dataset planted --rows 152433\` tries it without a log, \`--seeds 5\` makes it cheaper. Each claim is judged in the
report ([claims.md](claims.md)).

Seeds are those that \`npm run power\` says for the smallest claim of the paper, with the noise of the Criteo sample on the test rows of the whole log, and five at least. Runs are methods × ratios × seeds, the baseline, and
trials of ${paperRates.length} learning rates with one more seed (${paperRates.join(', ')}). Samples are all that they train, without what a method trains before. Hours are these samples at the speed of \`full\`, ${formatCount(Math.round(samplesPerSecond))}
a second (${place}). At the default batch of 256 they are more, and some methods
are slower than \`full\`: \`cce\` took 22 times as long at 4x of the Criteo sample (\`npm run report -- RECORDING --table FILE --costs\`).

| suite | claims | log; methods | ratios | seeds | runs | samples, M | hours |
|---|---|---|---|---:|---:|---:|---:|
${lines.join('\n')}

Claims that no suite has:

${missing().join('\n')}
`;
}

/** Runs of the suite: seeds of the baseline and of every method at every ratio, and trials of the learning rates. */
export function runsOf({ methods, compressions, seeds }: PaperSuite): number {
  const cells = 1 + methods.length * compressions.length;
  return cells * (seeds + paperRates.length);
}

/** Claims that are in no suite, with the reason. */
function missing(): string[] {
  const there = new Set(paperSuites.flatMap(({ claims }) => claims.map(({ id }) => id)));
  return paperClaims
    .filter(({ id }) => !there.has(id))
    .map((claim) => `- ${claim.id} (${claim.paper.key}): ${aboutClaim(claim).settle}`);
}

/** The speed of the uncompressed tables in a recording that has one run of them. Throws an Error for another one. */
export function speedIn({ runs, environment }: Recording): MeasuredSpeed {
  const run = runs.find(({ method, status }) => method === baseline && status === 'completed');
  if (run?.status !== 'completed') throw new Error('the recording has no completed run of full tables');
  const { threads, batchSize, speed, dataset } = run;
  return {
    samplesPerSecond: speed.trainSamplesPerSecond.median,
    place: `${machineOfRun(environment, run)}, ${threads} threads, batch ${formatCount(batchSize)}, ${formatCount(dataset.rows.train)} training rows`,
  };
}
