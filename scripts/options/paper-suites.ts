import type { PaperClaim } from '../../analysis/claims/claim.ts';
import { lazily } from '../../base/lazily.ts';
import { type Place, placeOf, settlementOf } from '../../analysis/claims/settle.ts';
import { atLarge, paperClaims } from '../../reports/claims/papers.ts';
import type { TrainingSuite } from '../../suites/index.ts';

/** A paper's comparison on the paper's own log, and what it takes. */
export interface PaperSuite extends TrainingSuite {
  readonly claims: readonly PaperClaim[];
  readonly dataset: string;
  /** Labelled rows of the log; undefined where they are not known. */
  readonly rows: number | undefined;
  readonly epochs: number;
  /** Seeds that show every claim's size on the test rows of the log; undefined if no number of seeds does for one of them. */
  readonly neededSeeds: number | undefined;
}

/** Rates of which validation picks one for each method and ratio, as in the catalogue. */
export const paperRates = [0.005, 0.01, 0.02];
/** Seeds where none or too few are needed: verdicts take three, and five give their intervals some width. */
const fewestSeeds = 5;
/**
 * A suite for each paper of papers.json whose method, log, model and metric this project has: `paper-KEY`. It compares what the paper compares, at ratios within
 * those of its claims, on its log and split, with the seeds that the planner says.
 */
export const paperSuites: readonly PaperSuite[] = suitesOf(paperClaims);

/** Claims without a model or a log of this project, or about another metric, are in no suite. */
export function suitesOf(claims: readonly PaperClaim[]): PaperSuite[] {
  const settled = claims
    .filter(({ metric, untestable }) => metric !== 'other' && untestable === undefined)
    .map((claim) => ({ claim, place: placeOf(claim) }))
    .filter(({ claim, place }) => isHere(claim.data.datasets, place.dataset) && isHere(claim.model.models, place.model)); // prettier-ignore
  const places = new Map<string, typeof settled>();
  for (const one of settled) {
    // A paper on two logs has a suite for each.
    const key = `${one.claim.paper.key} ${one.place.dataset ?? atLarge.dataset}`;
    places.set(key, [...(places.get(key) ?? []), one]);
  }
  const first = new Set<string>();
  return [...places.values()].map((members) => {
    const [{ claim, place }] = members;
    const { key } = claim.paper;
    const dataset = place.dataset ?? atLarge.dataset;
    const name = first.has(key) ? `paper-${key}-${dataset}` : `paper-${key}`;
    first.add(key);
    return suiteOf(name, dataset, members);
  });
}

/** A claim about click logs at large is tried on the whole of one. */
function onWholeLog(claim: PaperClaim): PaperClaim {
  const { data } = claim;
  return data.datasets === 'any' && data.rows === undefined
    ? { ...claim, data: { ...data, rows: atLarge.rows } }
    : claim;
}

function isHere(names: 'any' | readonly string[], found: string | undefined): boolean {
  return names === 'any' || found !== undefined;
}

function suiteOf(
  name: string,
  dataset: string,
  members: readonly { readonly claim: PaperClaim; readonly place: Place }[],
): PaperSuite {
  const claims = members.map(({ claim }) => claim);
  const [{ paper, data, model }] = claims;
  const methods = [...new Set(claims.flatMap(({ method, against }) => [method, against]))].filter(
    (method) => method !== 'full',
  );
  const ratios = new Set(members.flatMap(({ place }) => place.ratios));
  // The planner takes some time, which commands without the suite do not need.
  const needed = lazily(() => {
    const seeds = claims.map((claim) => settlementOf(onWholeLog(claim)).seeds);
    return { seeds: seeds.every((one) => one !== undefined) ? Math.max(...seeds) : undefined };
  });
  const epochs = Math.max(...claims.map((claim) => claim.epochs ?? 1));
  return {
    name,
    question: `${surname(paper.authors)} ${paper.year}: ${[...new Set(claims.map(({ says }) => says))].join(' ')}`,
    methods,
    compressions: [...ratios].sort((a, b) => a - b),
    get seeds() {
      return Math.max(fewestSeeds, needed().seeds ?? 0);
    },
    get neededSeeds() {
      return needed().seeds;
    },
    dataOptions: {},
    references: false as const,
    commandOptions: {
      dataset,
      model: model.models === 'any' ? atLarge.model : members[0].place.model,
      ...(data.protocol !== undefined && { protocol: data.protocol }),
      ...(epochs > 1 && { epochs, patience: 1 }),
      learningRate: paperRates,
    },
    ...{ claims, dataset, epochs },
    rows: data.rows ?? (data.datasets === 'any' ? atLarge.rows : undefined),
  };
}

function surname(authors: string): string {
  return authors.includes(',') ? `${authors.split(',')[0]} et al.` : authors;
}
