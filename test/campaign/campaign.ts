import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { UserError } from '../../base/user-error.ts';
import { main } from '../../scripts/terminal/main.ts';
import { print } from '../../scripts/terminal/printed.ts';
import { wholeNumber } from '../../scripts/options/values.ts';
import { verb } from '../../scripts/options/verb.ts';
import { kinds, type Finding, type Outcome, type Part } from './part.ts';
import { parts } from './parts.ts';

/**
 * `npm run campaign`: attacks the project with faults and counts what was lost, crashed, silently accepted or hung. Prints a
 * line for every part. The same seed makes the same cases.
 */

const words = { lost: 'lost', crashed: 'crashed', accepted: 'silently accepted', hung: 'hung' } as const;
const maxShown = 20;

interface Options {
  readonly minutes: number;
  readonly long?: boolean;
  readonly seed: number;
  readonly part?: readonly string[];
  readonly case?: number;
}

const minutes = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0.1 && value < Infinity)) throw new InvalidArgumentError('Expected a number, at least 0.1.');
  return value;
};

const names = (some: readonly Part[]) => some.map(({ name }) => name).join(', ');

const command = verb('campaign', '[options]')
  .description(
    'Attacks the project with faults: kills, full disks, damaged caches and records, mutated inputs. ' +
      'Exit code 0: nothing was found; 1: something was; 2: a wrong argument.',
  )
  .option('--minutes <n>', 'time of the whole campaign, shared by its parts', minutes, 1)
  .option('--long', 'the counts of docs/reliability.md, however long they take')
  .option('--seed <n>', 'seed of the cases', wholeNumber(0), 1)
  .option('--part <name...>', `parts to try: ${names(parts)}`)
  .option('--case <n>', 'this case alone, of one part, as a finding names it', wholeNumber(0));

await main(async () => {
  const options = command.parse().opts<Options>();
  const chosen = partsOf(options);
  const shares = chosen.reduce((sum, { share }) => sum + share, 0);
  const folder = mkdtempSync(join(tmpdir(), 'embed-bench-campaign-'));
  let found = 0;
  try {
    for (const part of chosen) {
      const missing = part.missing?.();
      if (missing !== undefined) {
        print(`${part.name}: skipped: ${missing}`);
        continue;
      }
      const start = performance.now();
      const outcome = await tryPart(part, options, shares, folder);
      show(part, outcome, performance.now() - start, options.seed);
      found += outcome.findings.length;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return found > 0 ? 1 : 0;
});

function partsOf(options: Options): readonly Part[] {
  const unknown = options.part?.find((asked) => parts.every(({ name }) => name !== asked));
  if (unknown !== undefined) throw new UserError(`no part is named "${unknown}": there are ${names(parts)}`);
  const chosen = parts.filter(({ name }) => options.part?.includes(name) ?? true);
  if (options.case !== undefined && !(chosen.length === 1 && chosen[0].hasCases))
    throw new UserError(
      `--case is of one part: give --part, one of ${names(parts.filter((p) => p.hasCases))}`,
    );
  return chosen;
}

async function tryPart(part: Part, options: Options, shares: number, folder: string): Promise<Outcome> {
  const alone = options.case !== undefined;
  const milliseconds = options.long || alone ? Infinity : (options.minutes * 60_000 * part.share) / shares;
  return await part.run({
    seed: options.seed,
    until: performance.now() + Math.min(milliseconds, 1e9),
    cases: alone ? 1 : part.goal,
    first: options.case ?? 0,
    alone,
    folder: join(folder, part.name),
  });
}

function show(
  part: Part,
  { tried, findings, notes = [] }: Outcome,
  milliseconds: number,
  seed: number,
): void {
  const counts = kinds.map((kind) => `${findings.filter((f) => f.kind === kind).length} ${words[kind]}`);
  const said = [...notes, `${Math.round(milliseconds / 1000)} s`].join('; ');
  print(`${part.name}: ${tried} ${part.unit}: ${counts.join(', ')} (${said})`);
  for (const finding of findings.slice(0, maxShown)) print(`  ${lineOf(finding)}`);
  if (findings.length > maxShown) print(`  and ${findings.length - maxShown} more`);
  if (findings.length > 0 && part.hasCases)
    print(`  to repeat case N: npm run campaign -- --part ${part.name} --seed ${seed} --case N`);
}

/** In one line, also where it is a stack. */
function lineOf({ kind, what }: Finding): string {
  return `${words[kind]}: ${what.trim().replace(/\s*\n\s*/g, ' | ')}`;
}
