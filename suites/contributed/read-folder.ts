import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../base/canonical-json.ts';
import { UserError } from '../../base/user-error.ts';
import { type Contribution, contribution, contributionName } from '../../results/contribution.ts';
import { type Environment, environment } from '../../results/environment.ts';
import { type RunRecord, runRecord } from '../../results/record.ts';
import { checkProblem, sealedLine } from '../../results/sealed-line.ts';
import { verifiedName } from '../../results/verified.ts';
import { factProblems } from './known-facts.ts';
import { textProblems } from './plain-texts.ts';
import { atRun, type Problem, problemsAt } from './problem.ts';

/** A contributed folder as it is read: the records that are whole, and what is wrong with the rest. */
export interface ContributedFolder {
  readonly directory: string;
  readonly contribution: Contribution | undefined;
  readonly environment: Environment | undefined;
  readonly runs: readonly RunRecord[];
  readonly problems: readonly Problem[];
}

/** Files that a folder may have; `scores/` beside them. Reports are rebuilt from records, and never taken. */
const files = ['environment.json', 'runs.jsonl', 'row-noise.jsonl', contributionName];

/** Bytes of the largest line of runs.jsonl: one run with its learning curve takes 10 kB. */
const longestLine = 1_000_000;

/**
 * Reads a contributed folder more strictly than a recording is read: no file, no member and no text that the project would not have
 * written, every line with its check, every run once. `verified`: maintainers have said what they ran again. Throws a UserError if the folder cannot be read.
 */
export function readFolder(directory: string, verified = false): ContributedFolder {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${directory}: no such folder; name one that \`npm run contribute\` wrote`);
  const problems: Problem[] = strangeFiles(directory, verified ? [...files, verifiedName] : files);
  const read = <T>(name: string, schema: z.ZodType<T>): T | undefined => {
    const { value, found } = strictly(textOf(directory, name), schema);
    problems.push(...problemsAt(name, found));
    return value;
  };
  const found = read('environment.json', environment);
  if (found?.data) problems.push(...problemsAt('environment.json', factProblems(found.data.facts)));
  const told = read(contributionName, contribution);
  const { runs, problems: ofRuns } = readLines(textOf(directory, 'runs.jsonl'));
  return { directory, contribution: told, environment: found, runs, problems: [...problems, ...ofRuns] };
}

function strangeFiles(directory: string, files: readonly string[]): Problem[] {
  const strange = readdirSync(directory, { withFileTypes: true }).filter(
    (entry) =>
      !(files.includes(entry.name) && entry.isFile()) && !(entry.name === 'scores' && entry.isDirectory()),
  );
  return strange.map(({ name }) => ({
    where: name,
    what:
      name === verifiedName
        ? 'only maintainers say what they have run again: remove it'
        : 'no file of a contribution: remove it (reports are rebuilt, and rows of a log may not be published)',
  }));
}

function textOf(directory: string, name: string): string | undefined {
  const file = join(directory, name);
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, 'utf8') : undefined;
}

/** A JSON text that fits a schema and holds nothing else. */
function strictly<T>(
  text: string | undefined,
  schema: z.ZodType<T>,
  check?: string,
): { value?: T; found: string[] } {
  if (text === undefined) return { found: ['it is missing'] };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { found: [`is not JSON (${(error as Error).message})`] };
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) return { found: [z.prettifyError(parsed.error).replace(/\s*\n\s*/g, ' ')] };
  const members = Object.entries(json as object).filter(([name]) => name !== check);
  const rest = Object.fromEntries(members) as unknown;
  const texts = textProblems(rest);
  // A schema leaves out what it does not know.
  if (canonicalJson(rest) !== canonicalJson(parsed.data)) texts.push('has members that no version writes');
  return { value: parsed.data, found: texts };
}

function readLines(text: string | undefined): { runs: RunRecord[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const runs = new Map<string, RunRecord>();
  const lines = text?.split('\n') ?? [];
  if (text === undefined) problems.push({ where: 'runs.jsonl', what: 'it is missing' });
  else if (lines.pop() !== '') problems.push({ where: 'runs.jsonl', what: 'its last line has no end' });
  else if (lines.length === 0) problems.push({ where: 'runs.jsonl', what: 'it has no runs' });
  lines.forEach((line, index) => {
    const where = `runs.jsonl:${index + 1}`;
    if (line.length > longestLine) return problems.push({ where, what: `is ${line.length} letters long; no run takes so many` }); // prettier-ignore
    const changed = line.includes('"check":') ? checkProblem(line) : 'it has no check of itself';
    if (changed !== undefined) problems.push({ where, what: changed });
    // A parser takes the last of two members of one name; what the project writes has one.
    if (changed === undefined && line !== rewritten(line))
      problems.push({ where, what: 'is not written as records are' });
    const { value, found } = strictly(line, runRecord, 'check');
    problems.push(...problemsAt(where, found));
    if (value === undefined) return;
    if (runs.has(value.id)) problems.push(atRun(value.id, 'stands there twice; every run counts once'));
    runs.set(value.id, value);
  });
  return { runs: [...runs.values()], problems };
}

/** A sealed line as the project would write it. */
function rewritten(line: string): string {
  try {
    const members = Object.entries(JSON.parse(line) as object).filter(([name]) => name !== 'check');
    return sealedLine(Object.fromEntries(members));
  } catch {
    return line; // the parser says more
  }
}
