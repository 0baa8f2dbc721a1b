import { sum } from '../../../base/sum.ts';

/** Something that can be had instead of others: what it is worth, and what it costs. */
export interface Choice {
  readonly value: number;
  readonly cost: number;
}

/**
 * One of each list of choices, so that they are worth most together and cost no more than `budget`: the index of each. What
 * the cheapest cost is counted exactly; what is beyond them is rounded up to parts in 2^14 of what the budget leaves, so a
 * sum that would fit to the last part may be missed, and none is over. undefined if the cheapest cost too much.
 */
export function chooseWithin(lists: readonly (readonly Choice[])[], budget: number): number[] | undefined {
  const cheapest = lists.map((choices) => Math.min(...choices.map(({ cost }) => cost)));
  const spare = budget - sum(cheapest);
  if (spare < 0) return undefined;
  const unit = spare / units;
  const weightOf = (cost: number, list: number) =>
    cost === cheapest[list] ? 0 : Math.ceil((cost - cheapest[list]) / unit);

  // best[w]: worth of the lists so far for at most w units; chosen[list][w]: what it takes of the list.
  let best = new Float64Array(units + 1);
  const chosen = lists.map((choices, list) => {
    const next = new Float64Array(units + 1).fill(-Infinity);
    const taken = new Int32Array(units + 1);
    choices.forEach(({ value, cost }, choice) => {
      for (let w = weightOf(cost, list); w <= units; w++) {
        const worth = best[w - weightOf(cost, list)] + value;
        if (worth > next[w]) [next[w], taken[w]] = [worth, choice];
      }
    });
    best = next;
    return taken;
  });

  let left = units;
  const found: number[] = [];
  for (let list = lists.length - 1; list >= 0; list--) {
    const choice = chosen[list][left];
    found[list] = choice;
    left -= weightOf(lists[list][choice].cost, list);
  }
  return found;
}

const units = 2 ** 14;
