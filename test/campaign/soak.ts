import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Finding, Limits, Outcome, Part } from './part.ts';
import { recordedLines, startVerb, sweepArguments } from './sweep.ts';

/** Hundreds of tiny runs by one parent, whose memory and open files must not grow with their number. */
export const soak: Part = {
  name: 'soak',
  unit: 'runs',
  share: 3,
  hasCases: false,
  goal: 500,
  missing: () =>
    process.platform === 'linux' ? undefined : 'memory and descriptors are read in /proc, on Linux',
  run: manyRuns,
};

const methods = ['md', 'hash', 'bloom', 'unified-embedding', 'robe'];
/** Runs before what is compared with: code is compiled and buffers have their size by then. */
const warmUp = 20;
const maxGrowth = { megabytes: 60, descriptors: 4 };

interface Sample {
  readonly runs: number;
  readonly megabytes: number;
  readonly descriptors: number;
}

async function manyRuns({ folder, cases, until }: Limits): Promise<Outcome> {
  mkdirSync(folder, { recursive: true });
  const seeds = String(Math.ceil(cases / methods.length));
  const sweep = ['--method', methods.join(','), '--no-baseline', '--seeds', seeds, '--compression', '4', '--rows', '300', '--jobs', '2']; // prettier-ignore
  const { child, ended } = startVerb('bench', sweepArguments(folder, sweep));
  const samples: Sample[] = [];
  let over = false;
  void ended.then(() => (over = true));
  const findings: Finding[] = [];
  let recorded = { runs: 0, at: performance.now() };
  while (!over && performance.now() < until) {
    await Promise.race([setTimeout(500), ended]);
    const runs = recordedLines(folder).length;
    if (runs > recorded.runs) recorded = { runs, at: performance.now() };
    if (performance.now() - recorded.at > 180_000) {
      findings.push({ kind: 'hung', what: `after ${runs} runs` });
      break;
    }
    if (!over) samples.push({ runs, ...sizeOf(child.pid!) });
  }
  const stopped = !over;
  if (stopped) process.kill(-child.pid!, 'SIGKILL');
  const { code, said } = await ended;
  if (!stopped && code !== 0)
    findings.push({ kind: 'crashed', what: `exit code ${code}: ${said.slice(-300)}` });
  const lines = recordedLines(folder);
  const failures = lines.filter((line) => line.includes('"status":"failed"'));
  if (failures.length > 0)
    findings.push({ kind: 'crashed', what: `${failures.length} runs: ${failures[0].slice(0, 300)}` });
  const growth = growthOf(samples);
  if (growth !== undefined) {
    if (growth.megabytes > maxGrowth.megabytes)
      findings.push({ kind: 'lost', what: `memory grows by ${growth.megabytes} MB` });
    if (growth.descriptors > maxGrowth.descriptors)
      findings.push({ kind: 'lost', what: `${growth.descriptors} descriptors stay open` });
  }
  const note = growth === undefined ? `too few runs to tell whether the parent grows (it takes ${2 * warmUp})` : `from run ${warmUp} on the parent grows by ${growth.megabytes} MB and ${growth.descriptors} descriptors`; // prettier-ignore
  return { tried: lines.length, findings, notes: [note] };
}

/** Medians of the first and the last fifth of what was seen after the warm-up; undefined if that is too little. */
function growthOf(samples: readonly Sample[]): Omit<Sample, 'runs'> | undefined {
  const after = samples.filter(({ runs }) => runs >= warmUp);
  if ((after.at(-1)?.runs ?? 0) < 2 * warmUp) return undefined;
  const some = Math.ceil(after.length / 5);
  const between = (key: 'megabytes' | 'descriptors') =>
    Math.round(
      median(after.slice(-some).map((s) => s[key])) - median(after.slice(0, some).map((s) => s[key])),
    );
  return { megabytes: between('megabytes'), descriptors: between('descriptors') };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function sizeOf(pid: number): Omit<Sample, 'runs'> {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    return { megabytes: kilobytes / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return { megabytes: 0, descriptors: 0 }; // it has just ended
  }
}
