import { kinds, raceForLock } from './lock-race.ts';
import type { Finding, Limits, Outcome, Part } from './part.ts';

/** Takers that race for a recording's lock: one gets it, never two, and somebody where nobody has it. */
export const locks: Part = {
  name: 'locks',
  unit: 'rounds',
  share: 1,
  hasCases: false,
  goal: 16_000,
  run: raceForLocks,
};

const roundsAtOnce = 250;

async function raceForLocks({ cases, until }: Limits): Promise<Outcome> {
  const findings: Finding[] = [];
  let tried = 0;
  while (tried < cases && performance.now() < until)
    for (const takers of [2, 3])
      for (const kind of kinds) {
        const { rounds, double, none, errors, remains } = await raceForLock(kind, roundsAtOnce, takers);
        tried += rounds;
        const where = `${takers} takers, ${kind}`;
        if (double > 0)
          findings.push({ kind: 'accepted', what: `${where}: ${double} rounds with two holders` });
        if (none > 0) findings.push({ kind: 'lost', what: `${where}: ${none} rounds with no holder` });
        if (errors > 0) findings.push({ kind: 'crashed', what: `${where}: ${errors} errors` });
        if (remains.length > 0)
          findings.push({ kind: 'lost', what: `${where}: left behind: ${remains.join(', ')}` });
        if (performance.now() > until) break;
      }
  return {
    tried,
    findings,
    notes: ['2 and 3 takers; a fresh lock, a stale one, one whose successor died, one let go'],
  };
}
