import type { IdOrder } from './settings.ts';

export interface Ranking {
  /** Id of every token number; the last entry is for tokens never counted. */
  readonly idOfNumber: Uint32Array; // [distinct + 1]
  /** Occurrences in the training part by id. */
  readonly counts: Uint32Array; // [cardinality]
  /** Absent if ids are hashes of tokens. */
  readonly outOfVocabulary?: number;
  /** If ids are hashes: training tokens whose id another training token has, too. */
  readonly sharingTokens?: number;
}

/**
 * Ids for tokens numbered by first occurrence. Tokens seen fewer than `minCount` times share the out-of-vocabulary
 * id, whose count is the sum of theirs. `frequency`: ids by descending count, ties by first occurrence, the
 * out-of-vocabulary id last among its ties. `first-seen`: by number, the out-of-vocabulary id last of all.
 */
export function rankTokens(
  countsByNumber: Uint32Array,
  minCount: number,
  order: Exclude<IdOrder, 'hashed'>,
): Ranking {
  const distinct = countsByNumber.length;
  const countOf = new Uint32Array(distinct + 1); // number `distinct` stands for the out-of-vocabulary id
  countOf.set(countsByNumber);
  const numbers = new Uint32Array(distinct + 1); // those that get an id of their own
  let size = 0;
  for (let number = 0; number < distinct; number++) {
    if (countOf[number] >= minCount) numbers[size++] = number;
    else countOf[distinct] += countOf[number];
  }
  numbers[size++] = distinct;
  const kept = numbers.subarray(0, size);
  const byId = order === 'first-seen' ? kept : sortedByCount(kept, countOf);

  const outOfVocabulary = byId.indexOf(distinct);
  const idOfNumber = new Uint32Array(distinct + 1).fill(outOfVocabulary);
  const counts = new Uint32Array(byId.length);
  for (let id = 0; id < byId.length; id++) {
    idOfNumber[byId[id]] = id;
    counts[id] = countOf[byId[id]];
  }
  return { idOfNumber, counts, outOfVocabulary };
}

/** Counts below this are sorted by counting; the few tokens above, at most rows / 4096, by comparing. */
const frequent = 4096;

/** Stable: equal counts keep their order. Linear in the numbers, which may be ten million. */
function sortedByCount(numbers: Uint32Array, countOf: Uint32Array): Uint32Array {
  const heads = numbers.filter((number) => countOf[number] >= frequent);
  heads.sort((a, b) => countOf[b] - countOf[a] || a - b);
  const sorted = new Uint32Array(numbers.length);
  sorted.set(heads);
  const sizes = new Uint32Array(frequent);
  for (let i = 0; i < numbers.length; i++) {
    const count = countOf[numbers[i]];
    if (count < frequent) sizes[count]++;
  }
  const places = new Uint32Array(frequent);
  let next = heads.length;
  for (let count = frequent - 1; count >= 0; count--) {
    places[count] = next;
    next += sizes[count];
  }
  for (let i = 0; i < numbers.length; i++) {
    const count = countOf[numbers[i]];
    if (count < frequent) sorted[places[count]++] = numbers[i];
  }
  return sorted;
}
