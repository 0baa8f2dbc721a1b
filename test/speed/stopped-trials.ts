import { errorOf, trialsOf } from '../../analysis/comparisons/chosen-rate.ts';
import { ruledRate } from '../../analysis/comparisons/rate-rule.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { sum } from '../../base/sum.ts';
import type { CompletedRun } from '../../results/record.ts';
import { readRecording } from '../../results/store.ts';
import { main } from '../../scripts/terminal/main.ts';
import { print } from '../../scripts/terminal/printed.ts';

/**
 * The learning rates that would be chosen if trials were stopped early, on recorded curves: a trial stops at a share of its first
 * stage if its training loss over the half before is more than a distance above the lowest of its rivals. That loss is of samples not
 * yet trained on, as long as there is one epoch. A line per rule: samples of trials not trained, choices that change.
 *
 * `npx tsx test/speed/stopped-trials.ts recordings/2026-11-29-catalogue-criteo-sample`
 */

const [recording] = process.argv.slice(2);
const shares = [0.1, 0.2, 0.3, 0.5];
const distances = [0.001, 0.002, 0.004, 0.008, 0.016];

/** Runs of one method, budget and seed at several rates. */
function trialGroups(): CompletedRun[][] {
  const groups = new Map<string, CompletedRun[]>();
  for (const run of readRecording(recording).runs) {
    if (run.status !== 'completed') continue;
    const { method, options, compression, seed, reference, epochs } = run;
    const key = canonicalJson([method, options, compression.requested, seed, reference, epochs]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].filter((runs) => new Set(runs.map((run) => run.learningRate)).size > 1);
}

const samplesOf = ({ stages = [] }: CompletedRun) => sum(stages.map(({ samples }) => samples));
const firstOf = (run: CompletedRun) => run.stages?.[0]?.samples ?? samplesOf(run);

/** Mean training loss between half a share of the first stage and the share. */
function lossAt(run: CompletedRun, share: number): number {
  const [from, to] = [(share / 2) * firstOf(run), share * firstOf(run) + 1];
  let [total, weight, before] = [0, 0, 0];
  for (const { samples, loss } of run.curve) {
    if (samples > from && samples <= to) {
      total += loss * (samples - before);
      weight += samples - before;
    }
    before = samples;
  }
  return total / weight;
}

await main(() => {
  const groups = trialGroups();
  const all = sum(groups.flat().map(samplesOf));
  for (const share of shares)
    for (const distance of distances) {
      let [changed, stopped, saved] = [0, 0, 0];
      for (const runs of groups) {
        const losses = runs.map((run) => lossAt(run, share));
        const stops = losses.map((loss) => loss > Math.min(...losses) + distance);
        const trials = trialsOf(runs);
        const left = trials.map((trial, i) => (stops[i] ? { ...trial, validationAuc: undefined } : trial));
        const error = errorOf(runs);
        if (ruledRate(left, error) !== ruledRate(trials, error)) changed++;
        stopped += stops.filter(Boolean).length;
        saved += sum(runs.map((run, i) => (stops[i] ? samplesOf(run) - share * firstOf(run) : 0)));
      }
      print(
        `at ${share}, ${distance} above: ${stopped} of ${groups.flat().length} trials stop, ${((100 * saved) / all).toFixed(1)} % of ` +
          `samples saved; ${changed} of ${groups.length} choices change (${((100 * changed) / groups.length).toFixed(1)} %)`,
      );
    }
  return Promise.resolve(0);
});
