import type { Candidate } from './candidate.ts';
import type { RoundsOptions } from './rounds-options.ts';
import type { ThroughputResult } from './result.ts';
import { CandidateRun, type TurnTimes } from './candidate-run.ts';
import { turnsBeside, turnsOfRound } from './turns.ts';

/**
 * Builds all configurations and lets them work in turn, round after round, one at a time: whatever else the machine does
 * meanwhile hits all alike, and two configurations can be compared round by round. Every second round goes the other way
 * around. A configuration that fails is out, the others continue. Throws when `signal` aborts, once every process is gone.
 */
export async function interleavedRounds(
  candidates: readonly Candidate[],
  options: RoundsOptions,
): Promise<ThroughputResult[]> {
  const runs = candidates.map((candidate) => new CandidateRun(candidate, options));
  try {
    for (const [i, run] of runs.entries()) {
      options.signal.throwIfAborted();
      options.watch.building(run.candidate.title, i + 1, runs.length);
      await run.build();
    }
    await runRounds(runs, options);
    const counts = new Map(options.batches.map((batch) => [batch, finishedRounds(runs, batch)]));
    const finished = options.batches.filter((batch) => counts.get(batch)! > 0);
    for (const run of runs) await run.profile(finished);
    return runs.map((run) => run.result(finished, counts));
  } finally {
    await Promise.all(runs.map((run) => run.close()));
  }
}

async function runRounds(runs: readonly CandidateRun[], options: RoundsOptions): Promise<void> {
  const { watch, deadline = Infinity } = options;
  const baselineOf = runs.map(({ candidate }) => candidate.baseline);
  const places = runs.map((_, place) => place);
  const rounds = schedule(options).map(({ round, batch }) => ({
    ...{ round, batch },
    turns: turnsOfRound(
      round % 2 === 0 ? places : places.toReversed(),
      round === 0 ? places.map(() => undefined) : baselineOf, // a turn that warms up is compared with nothing
    ),
  }));
  const all = rounds.reduce((sum, { turns }) => sum + turns.length, 0);
  let done = 0;
  for (const { round, batch, turns } of rounds) {
    const times: TurnTimes[] = [];
    const lastOfItsOwn = turns.findLastIndex(({ again }) => !again);
    for (const [at, { place, again }] of turns.entries()) {
      // The last turns of baselines are what the round's others are compared with: they may be late.
      if (performance.now() > deadline && at <= lastOfItsOwn) return;
      watch.turn(round, runs[place].candidate.title, done++ / all);
      times.push(again ? await runs[place].again(batch) : await runs[place].turn(batch));
    }
    for (const [at, { place, again }] of turns.entries()) {
      const baseline = again ? undefined : baselineOf[place];
      const beside = baseline === undefined ? undefined : turnsBeside(turns, at, baseline);
      if (round > 0 && beside) runs[place].setBeside(batch, beside.map((index) => times[index])); // prettier-ignore
    }
  }
}

/**
 * Round 0 warms up. Rounds of all batch sizes alternate, so that a bad minute of the machine does not fall on one size
 * alone; where time may run out, sizes follow one another, so that the first ones are finished.
 */
function schedule({ batches, rounds, deadline }: RoundsOptions): { round: number; batch: number }[] {
  const all = Array.from({ length: rounds + 1 }, (_, round) => round);
  return deadline === undefined
    ? all.flatMap((round) => batches.map((batch) => ({ round, batch })))
    : batches.flatMap((batch) => all.map((round) => ({ round, batch })));
}

/** Rounds that all who count have behind them. */
function finishedRounds(runs: readonly CandidateRun[], batch: number): number {
  const racing = runs.filter((run) => run.counts(batch));
  return racing.length === 0 ? 0 : Math.min(...racing.map((run) => run.roundsOf(batch)));
}
