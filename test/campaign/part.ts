import type { Random } from '../../base/random.ts';

/** How a case that did not hold went wrong. */
export const kinds = ['lost', 'crashed', 'accepted', 'hung'] as const;
export type Kind = (typeof kinds)[number];

/** One case that did not hold. */
export interface Finding {
  readonly kind: Kind;
  /** The work and its result, in one line. */
  readonly what: string;
}

export interface Outcome {
  /** Cases, in the unit of the part: kills, inputs, calls. */
  readonly tried: number;
  readonly findings: readonly Finding[];
  /** Facts for the report: how often a fault was refused, most memory. */
  readonly notes?: readonly string[];
}

/** The end of a part: its share of the time, or the count of the long run, whichever comes first. */
export interface Limits {
  readonly seed: number;
  /** Milliseconds of `performance.now()`. */
  readonly until: number;
  readonly cases: number;
  /** The first case, to repeat a failure alone. */
  readonly first: number;
  /** The first case is all there is to try: whole, and however long it takes. */
  readonly alone: boolean;
  /** A folder of the part's own, removed afterwards. */
  readonly folder: string;
}

/** One kind of faults. */
export interface Part {
  readonly name: string;
  /** The unit that is counted: kills, inputs. */
  readonly unit: string;
  /** Share of the campaign's time, relative to the other parts. */
  readonly share: number;
  /** Findings name a case, which can be tried again alone. */
  readonly hasCases: boolean;
  /** Cases of the long run. */
  readonly goal: number;
  /** A reason why the part cannot run on this machine. */
  missing?(): string | undefined;
  run(limits: Limits): Promise<Outcome>;
}

/** Makes one case. Returns what did not hold; anything it throws counts as a crash. */
export type TryCase = (stream: Random) => Promise<CaseResult> | CaseResult;

export interface CaseResult {
  readonly findings: readonly Finding[];
  /** A short word for how the case ended, counted for the report: refused, prepared again. */
  readonly ended?: string;
  /** How many tries the case was, 1 if absent. */
  readonly tries?: number;
}

export const held = (ended: string): CaseResult => ({ findings: [], ended });
export const failed = (kind: Kind, what: string): CaseResult => ({ findings: [{ kind, what }] });
