import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { Random } from '../../base/random.ts';
import { writeReport } from '../../reports/report.ts';
import { writeSite } from '../../reports/site/write-site.ts';
import type { Recording } from '../../results/recording.ts';
import { sealed, sealedLine } from '../../results/sealed-line.ts';
import { readRecording } from '../../results/store.ts';
import { plausibleRecording } from '../reports/recordings.ts';
import { below, damaged, oneIn, oneOf } from './choices.ts';
import { failed, held, type CaseResult, type TryCase } from './part.ts';
import { impossibleValues } from './impossible-values.ts';

/**
 * Recordings whose files are torn, damaged or foreign: a reader gives back every whole record and refuses what is none, with
 * file and line. Some of those that are read become a report and a site.
 */
export function recordCases(folder: string): TryCase {
  const { environment, runs } = plausibleRecording(1);
  const directory = join(folder, 'results', '2026-11-23-planted');
  const file = join(directory, 'runs.jsonl');
  const lines = runs.map(sealedLine);
  const environmentText = JSON.stringify(environment);
  // A whole recording beside the damaged one: the site must always have it.
  const sound = join(folder, 'results', '2026-11-24-planted');
  write(sound, environmentText.replace('2026-11-23-planted', '2026-11-24-planted'), lines.join('\n') + '\n');

  return async (stream) => {
    rmSync(directory, { recursive: true, force: true });
    const mutation = oneOf(stream, mutations)(stream, lines);
    const { text, environment: changed } = { environment: environmentText, ...mutation };
    write(directory, changed, text);
    const found = read(directory);
    const result = mutation.judge(found, file);
    if (result.findings.length > 0) return result;
    if (!oneIn(stream, 20)) return result;
    return (await reportFails(directory, found)) ?? (await siteFails(folder, sound)) ?? result;
  };
}

type Found = { readonly recording: Recording } | { readonly fault: string };

interface Mutation {
  /** The changed runs.jsonl. */
  readonly text: string | Uint8Array;
  /** The changed environment.json, if it is changed. */
  readonly environment?: string | Uint8Array;
  judge(found: Found, file: string): CaseResult;
}

function write(directory: string, environment: string | Uint8Array, text: string | Uint8Array): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'environment.json'), environment);
  writeFileSync(join(directory, 'runs.jsonl'), text);
}

function read(directory: string): Found {
  try {
    return { recording: readRecording(directory) };
  } catch (error) {
    if (error instanceof UserError) return { fault: error.message };
    throw error;
  }
}

const whole = (lines: readonly string[]) => lines.join('\n') + '\n';
/** A line's record, without its check. */
function recordOf(line: string): Record {
  const { check, ...record } = JSON.parse(line) as Record;
  void check;
  return record;
}

/** The latest record of every id. */
function latest(lines: readonly string[]): Record[] {
  return [...new Map(lines.map(recordOf).map((record) => [record.id, record])).values()];
}

function expectRecords(lines: readonly string[], found: Found, what: string): CaseResult {
  if ('fault' in found) return failed('lost', `${what}: ${found.fault}`);
  const expected = latest(lines).map(sorted).sort();
  const records = found.recording.runs.map(sorted).sort();
  if (JSON.stringify(records) === JSON.stringify(expected)) return held('read');
  return failed(records.length < expected.length ? 'lost' : 'accepted', `${what}: other records`);
}

/** JSON with keys in one order: a reader may put them in the order of its schema. */
const sorted = (record: object): string =>
  JSON.stringify(record, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

function expectRefused(found: Found, file: string, line: number | undefined, what: string): CaseResult {
  if (!('fault' in found)) return failed('accepted', what);
  if (line !== undefined && !found.fault.includes(`${file}:${line}`))
    return failed('accepted', `${what}, but: ${found.fault.slice(0, 200)}`);
  return held('refused');
}

/** Either refused, or every record is one that was written: lines carry a check of themselves. */
function expectNothingInvented(found: Found, lines: readonly string[], what: string): CaseResult {
  if ('fault' in found) return held('refused');
  const written = new Set(lines.map(recordOf).map(sorted));
  const invented = found.recording.runs.map(sorted).find((record) => !written.has(record));
  return invented === undefined
    ? held('read')
    : failed('accepted', `${what}: a record that nobody wrote: ${invented.slice(0, 200)}`);
}

const oddNames = ['constructor', '__proto__', 'toString', 'hasOwnProperty', '<script>alert(1)</script>', '"', "'", '\u202egnp', '\u0000', 'a'.repeat(100_000), '../../etc', '%s', '${x}', '']; // prettier-ignore

type Record = { [key: string]: unknown };

/** Changes one record; gives the lines and the number of the one that was changed. */
function changedLine(stream: Random, lines: readonly string[], change: (record: Record) => void) {
  const at = below(stream, lines.length);
  const record = recordOf(lines[at]);
  change(record);
  return { lines: lines.with(at, sealedLine(record)), line: at + 1 };
}

const mutations: readonly ((stream: Random, lines: readonly string[]) => Mutation)[] = [
  function torn(stream, lines) {
    const bytes = Buffer.from(whole(lines));
    const end = below(stream, bytes.length + 1);
    const text = bytes.subarray(0, end);
    const kept = text.toString().split('\n');
    const tail = kept.pop()!;
    const all = lines.includes(tail) ? [...kept, tail] : kept;
    return { text, judge: (found) => expectRecords(all, found, `torn at byte ${end}`) };
  },
  function duplicated(stream, lines) {
    const all = lines.toSpliced(below(stream, lines.length + 1), 0, oneOf(stream, lines));
    return { text: whole(all), judge: (found) => expectRecords(all, found, 'a line twice') };
  },
  function otherLineEnds(stream, lines) {
    const end = oneOf(stream, ['\r\n', '\n\n', ' \n', '\n\t\n']);
    return { text: lines.join(end) + end, judge: (found) => expectRecords(lines, found, `lines end in ${JSON.stringify(end)}`) };
  },
  function foreign(stream, lines) {
    const [key, value] = oneOf(stream, [['fingerprint', 'other'], ['protocol', 'random'], ['name', 'criteo'], ['rows', { train: 1, validation: 1, test: 1 }]] as const); // prettier-ignore
    const mutation = changedLine(stream, lines, (record) => void ((record.dataset as Record)[key] = value));
    return { text: whole(mutation.lines), judge: (found, file) => expectRefused(found, file, undefined, `a record of other data (${key})`) };
  },
  function impossible(stream, lines) {
    const { path, value, of } = oneOf(stream, impossibleValues);
    const candidates = lines.filter((line) => of(recordOf(line)));
    const at = lines.indexOf(oneOf(stream, candidates));
    const record = recordOf(lines[at]);
    const parent = path.slice(0, -1).reduce((inner, key) => inner[key] as Record, record);
    if (value === undefined) delete parent[path.at(-1)!];
    else parent[path.at(-1)!] = value;
    const text = sealed(JSON.stringify(record).replaceAll('"1e999"', '1e999'));
    const what = `${path.join('.')} ${value === undefined ? 'missing' : `= ${JSON.stringify(value)}`}`;
    return { text: whole(lines.with(at, text)), judge: (found, file) => expectRefused(found, file, at + 1, what) };
  },
  function noise(stream, lines) {
    const text = damaged(stream, Buffer.from(whole(lines)));
    return { text, judge: (found) => expectNothingInvented(found, lines, 'damaged bytes') };
  },
  function garbageLine(stream, lines) {
    const garbage = oneOf(stream, ['{', '[]', 'null', '0', '"x"', '{}', '\ufeff{}', 'NaN', '{"id":1}', '\0\0\0', '{"id":"a"}', '<html>']);
    const at = below(stream, lines.length);
    return { text: whole(lines.toSpliced(at, 0, garbage)), judge: (found, file) => expectRefused(found, file, at + 1, `line ${garbage}`) };
  },
  function oddName(stream, lines) {
    const name = oneOf(stream, oddNames);
    const key = oneOf(stream, ['method', 'model', 'optimizer', 'network', 'backend', 'options', 'choices', 'machine', 'id']);
    const mutation = changedLine(stream, lines, (record) => {
      // An assignment would set the prototype.
      if (key === 'options' || key === 'choices') record[key] = JSON.parse(`{${JSON.stringify(name)}:1}`);
      else record[key] = name;
    });
    return { text: whole(mutation.lines), judge: (found) => ('fault' in found ? held('refused') : held('read')) };
  },
  function environmentDamaged(stream, lines) {
    const { environment } = plausibleRecording(1);
    const text = Buffer.from(JSON.stringify(environment));
    const changed = oneOf(stream, [
      () => damaged(stream, text),
      () => text.subarray(0, below(stream, text.length)),
      () => Buffer.from(oneOf(stream, ['', 'null', '[]', '{}', '"x"', '\0'])),
    ])();
    return { text: whole(lines), environment: changed, judge: () => held('environment') };
  },
]; // prettier-ignore

/** A report must come out of what was read, and must not where it was refused. */
async function reportFails(directory: string, found: Found): Promise<CaseResult | undefined> {
  try {
    const html = readFileSync(await writeReport(directory), 'utf8');
    if ('fault' in found)
      return failed('accepted', `a report of a recording that is refused: ${found.fault.slice(0, 200)}`);
    if (html.includes('<script>alert')) return failed('accepted', 'a name became markup');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (!('fault' in found) && !/no completed|nothing|made on other hardware/i.test(error.message))
      return failed('lost', `read, but no report: ${error.message.slice(0, 300)}`);
  }
  return undefined;
}

/** The site has the sound recording whatever the other one is. */
async function siteFails(folder: string, sound: string): Promise<CaseResult | undefined> {
  const out = join(folder, 'site');
  try {
    await writeSite(join(folder, 'results'), out);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return failed('lost', `no site: ${error.message.slice(0, 300)}`);
  }
  const page = readFileSync(join(out, 'index.html'), 'utf8');
  return page.includes(sound.split('/').at(-1)!)
    ? undefined
    : failed('lost', 'the sound recording is not on the site');
}
