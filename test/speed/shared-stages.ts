import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { secondsSaved, sharedTrainings } from '../../analysis/summary/shared-trainings.ts';
import { sum } from '../../base/sum.ts';
import type { RunRecord } from '../../results/record.ts';
import { readRecording } from '../../results/store.ts';
import { main } from '../../scripts/terminal/main.ts';
import { print } from '../../scripts/terminal/printed.ts';

/**
 * A sweep with stages trained once against the same sweep without, in turns: seconds of its processes, as recorded, and processor seconds of
 * all of them, which a busy machine changes less. Every round trains anew. Its records must be the same but for times.
 *
 * `npx tsx test/speed/shared-stages.ts LOG FOLDER [methods = those that share] [rounds = 5]`; FOLDER takes recordings.
 */

const sharing = 'pq,svd,dedup,magprune,leverage,auto-dim,auto-srh,opt-embed,mec';
const [log, folder, methods = sharing, rounds = '5'] = process.argv.slice(2);

/** Processor seconds of all children that have ended, theirs included (Linux). */
function childSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

async function sweep(name: string, gigabytes: string) {
  const out = join(resolve(folder), name);
  const cache = join(resolve(folder), 'cache');
  rmSync(out, { recursive: true, force: true });
  rmSync(join(cache, 'stages'), { recursive: true, force: true });
  const settings = {
    ...{ method: methods, compression: '4,16,64,256', seeds: '1', dataset: 'criteo', data: resolve(log) },
    ...{ backend: 'native', threads: '1', jobs: '1', cache, out, 'stage-cache': gigabytes },
  };
  const flags = Object.entries(settings).flatMap(([flag, value]) => [`--${flag}`, value]);
  const before = childSeconds();
  await execa('npm', ['run', '-s', 'bench', '--', ...flags, '--no-scores', '--no-references'], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { processor: childSeconds() - before, runs: readRecording(out).runs };
}

/** Text of all that a record says but for times, and for memory of processes. */
function timeless(run: RunRecord): string {
  const measured = new Set(['startedAt', 'seconds', 'speed', 'peakRssBytes', 'recording', 'shared']);
  return JSON.stringify(run, (key, value: unknown) => (measured.has(key) ? undefined : value));
}

const secondsOf = (runs: readonly RunRecord[]) => sum(runs.map(({ seconds }) => seconds));
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

await main(async () => {
  mkdirSync(folder, { recursive: true });
  const ratios: { readonly recorded: number; readonly processor: number }[] = [];
  for (let round = 0; round < Number(rounds); round++) {
    const apart = await sweep('apart', '0');
    const shared = await sweep('shared', '10');
    const [expected, found] = [apart, shared].map(
      ({ runs }) => new Map(runs.map((run) => [run.id, timeless(run)])),
    );
    for (const [id, text] of expected)
      if (found.get(id) !== text) throw new Error(`${id}: another record\n${text}\n${found.get(id)}`);
    const trainings = sharedTrainings(shared.runs);
    ratios.push({
      recorded: secondsOf(shared.runs) / secondsOf(apart.runs),
      processor: shared.processor / apart.processor,
    });
    print(
      `${apart.runs.length} runs: ${secondsOf(apart.runs).toFixed(1)} s, ${secondsOf(shared.runs).toFixed(1)} s; processors ` +
        `${apart.processor.toFixed(1)} s, ${shared.processor.toFixed(1)} s, × ${ratios.at(-1)!.processor.toFixed(3)}; ` +
        `${sum(trainings.map(({ sharers }) => sharers.length))} runs shared ${trainings.length} trainings, ${secondsSaved(trainings).toFixed(1)} s`,
    );
  }
  for (const what of ['recorded', 'processor'] as const) {
    const all = ratios.map((ratio) => ratio[what]);
    print(
      `${what} seconds: × ${median(all).toFixed(3)} (${Math.min(...all).toFixed(3)} to ${Math.max(...all).toFixed(3)})`,
    );
  }
  return 0;
});
