import { expect, test } from 'vitest';
import { random } from '../../../base/random.ts';
import { turnsBeside, turnsOfRound } from '../../../suites/throughput/turns.ts';

test('every place has one turn in the order that is asked for, and every member its baseline near on both sides', () => {
  const draws = random(7);
  for (let trial = 0; trial < 300; trial++) {
    const count = 1 + Math.floor(40 * draws.uniform());
    const places = Array.from({ length: count }, (_, place) => place);
    const [first, second] = [0, Math.floor(count * draws.uniform())];
    const baselineOf = places.map((place) => {
      if (place === first || place === second) return undefined;
      return [first, second, undefined][Math.floor(3 * draws.uniform())];
    });
    const order = places.map((place) => ({ place, key: draws.uniform() })).sort((a, b) => a.key - b.key).map(({ place }) => place); // prettier-ignore
    const turns = turnsOfRound(order, baselineOf);
    expect(turns.filter(({ again }) => !again).map(({ place }) => place)).toEqual(order);
    for (const [at, { place }] of turns.entries()) {
      const baseline = baselineOf[place];
      if (baseline === undefined || baselineOf.filter((one) => one === baseline).length <= 4) continue;
      const [before, after] = turnsBeside(turns, at, baseline)!;
      const [from, to] = [turns[before], turns[after]];
      expect([from.place, to.place]).toEqual([baseline, baseline]);
      const members = turns.slice(before, after).filter((turn) => baselineOf[turn.place] === baseline);
      expect(members.length).toBeLessThanOrEqual(4);
    }
    const again = turns.filter((turn) => turn.again).length;
    expect(again).toBeLessThanOrEqual(count / 4 + 4);
  }
});

test('a turn is near its baseline also where others work before and after the group', () => {
  // Two backends with six methods each, and four references at the end.
  const baselineOf = [undefined, 0, 0, 0, 0, 0, 0, undefined, 7, 7, 7, 7, 7, 7, ...Array<undefined>(4)];
  const places = baselineOf.map((_, place) => place);
  for (const order of [places, places.toReversed()]) {
    const turns = turnsOfRound(order, baselineOf);
    expect(turns.filter(({ again }) => again)).toHaveLength(4);
    for (const [at, { place }] of turns.entries()) {
      const baseline = baselineOf[place];
      if (baseline === undefined) continue;
      const [before, after] = turnsBeside(turns, at, baseline)!;
      expect(after - before).toBeLessThanOrEqual(5);
    }
  }
});

test('without a baseline, and with few that have one, a round is its order', () => {
  expect(turnsOfRound([1, 0], [undefined, undefined])).toEqual([
    { place: 1, again: false },
    { place: 0, again: false },
  ]);
  const few = turnsOfRound([0, 1, 2, 3, 4], [undefined, 0, 0, 0, 0]);
  expect(few.map(({ place }) => place)).toEqual([0, 1, 2, 3, 4]);
  expect(turnsBeside(few, 2, 0)).toBeUndefined();
});
