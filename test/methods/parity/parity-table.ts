import { methods, wrappers } from '../../../methods/index.ts';
import type { Comparison } from './differences.ts';
import { compareVectors } from './embedding-parity.ts';
import { casesOf, fixtures } from './fixtures.ts';
import { answerOf } from './formula-answer.ts';
import { formulaCases } from './formula-cases.ts';

/** A row of docs/parity.md: one method against one source. */
export interface ParityRow {
  readonly method: string;
  /** Repository@commit:file, or the paper. */
  readonly source: string;
  /** True if code of others ran. */
  readonly ran: boolean;
  readonly mapped?: string | undefined;
  readonly compared: string;
  readonly cases: number;
  /** The largest difference, relative above 1. */
  readonly error: number;
}

const formulaSource = "the paper's formula, in doubles";

/** Compares everything, and says how far it was apart. */
export async function measuredRows(): Promise<ParityRow[]> {
  const found = new Map<string, Comparison[]>();
  for (const fixture of fixtures()) {
    const comparisons: Comparison[] = [];
    for (const one of casesOf(fixture)) comparisons.push(await one.compare());
    found.set(fixture.name, comparisons);
  }
  for (const one of formulaCases)
    found.set(one.method, [...(found.get(one.method) ?? []), await compareVectors(one, await answerOf(one))]);
  return rowsOf((source) => found.get(source) ?? []);
}

/** `foundOf`: the comparisons with a fixture, by its name, or with a formula, by that of the method. */
export function rowsOf(foundOf: (source: string) => readonly Comparison[]): ParityRow[] {
  const rows: ParityRow[] = fixtures().map(({ name, method, origin, how, mapped, compared }) => {
    const source = how === 'run' ? origin : `${how} ${origin}`;
    return { method, source, ran: how === 'run', mapped, compared, ...worstOf(foundOf(name)) };
  });
  for (const method of new Set(formulaCases.map((one) => one.method)))
    rows.push({ method, source: formulaSource, ran: false, compared: 'vectors, gradients', ...worstOf(foundOf(method)) }); // prettier-ignore
  const order = [...methods, ...wrappers].map(({ name }) => name);
  return rows.sort(
    (a, b) => order.indexOf(a.method) - order.indexOf(b.method) || Number(b.ran) - Number(a.ran),
  );
}

function worstOf(found: readonly Comparison[]): { cases: number; error: number } {
  const unlike = found.flatMap((one) => one.unlike);
  if (unlike.length > 0) throw new Error(unlike.join('\n'));
  return { cases: found.length, error: Math.max(...found.map(({ error }) => error)) };
}

/** A row without its error, which differs from machine to machine in the last digits. */
export const rowStart = ({ method, source, compared, cases }: ParityRow) =>
  `| \`${method}\` | ${source} | ${compared} | ${cases} | `;

/** Rounded up to one digit. */
export function roundedUp(error: number): string {
  if (error === 0) return '0';
  const power = Math.floor(Math.log10(error));
  const digit = Math.ceil(error / 10 ** power);
  return digit === 10 ? `1e${power + 1}` : `${digit}e${power}`;
}

export function parityDocument(rows: readonly ParityRow[]): string {
  const ran = new Set(rows.filter((row) => row.ran).map(({ method }) => method));
  const others = new Set(rows.map(({ method }) => method).filter((method) => !ran.has(method)));
  const standIns = new Set(
    [...ran].filter((method) =>
      rows.every((row) => row.method !== method || !row.ran || row.source.startsWith('PKU-DAIR/Hetu')),
    ),
  );
  const cases = rows.reduce((sum, row) => sum + row.cases, 0);
  const notes = rows.filter(({ mapped }) => mapped !== undefined);
  return `# Parity with reference code

Written by \`npx tsx test/methods/parity/make/table.ts\` from the fixtures in test/methods/parity/fixtures.
\`test/methods/parity/parity.test.ts\` compares all of it in every run of the tests, and fails above 1e-6.

${ran.size} methods and precisions are compared with code of others that ran, ${others.size} more with a formula alone; ${cases} cases in all.
The same weights, ids and gradients of vectors go in; the same vectors, and the same gradients of every row and weight, have to come out.
Index choices and sizes have to be equal. References ran in doubles where their code allows it. Of Hetu's layers the code ran, with operations of
PyTorch in place of those of its CUDA library; ${standIns.size} methods have no other source that ran (${[...standIns].map((name) => `\`${name}\``).join(', ')}).

The table says that arithmetic is the same, and nothing about schedules, budgets and initial values: see the cards in [methods.md](methods.md).

- **source**: repository@commit:file whose code ran on a processor, or the formula that an independent implementation of ours computes.
- **largest error**: of all numbers of all cases, relative where a number is above 1. 0: choices and whole numbers, all equal.

| method | source | compared | cases | largest error |
| --- | --- | --- | ---: | ---: |
${rows.map((row) => `${rowStart(row)}${roundedUp(row.error)} |`).join('\n')}

## What is mapped

Parts of a reference that are replaced, given or counted otherwise, so that the rest can be compared number by number.

${notes.map(({ method, source, mapped }) => `- \`${method}\`, ${source.split('@')[0]}: ${mapped}.`).join('\n')}

## Making fixtures anew

Fixtures hold numbers and their origin, no code. \`npx tsx test/methods/parity/make/ask.ts FILE\` writes the questions: layers, weights,
ids. The scripts in test/methods/parity/make answer them, one for each repository: \`python SCRIPT FILE CLONE\`, with PyTorch, and g++ for
CAFE's sketch. \`pytorch.py\` needs no clone.
`;
}
