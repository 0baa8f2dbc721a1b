import type { Part, Protocol } from '../../harness/contract/data.ts';
import type { DenseTransform } from '../raw-rows.ts';
import { UserError } from '../../base/user-error.ts';

/**
 * How ids are numbered: by descending count in the training part, in the order of their first occurrence there, or by a hash of the token, which
 * needs no vocabulary (hash-tokens.ts).
 */
export const idOrders = ['frequency', 'first-seen', 'hashed'] as const;
export type IdOrder = (typeof idOrders)[number];

/** Decides which rows are in which part. */
export interface SplitSettings {
  readonly protocol: Protocol;
  /** Protocols `temporal` and `random`: the shares of the parts, 1 in all; the protocol's own if absent. */
  readonly shares?: Readonly<Record<Part, number>>;
  /** Protocol `rolling`: days 1 to `day` of `days` train, the next one validates and tests. */
  readonly rolling?: { readonly days: number; readonly day: number };
  /** Decides who is in which part under protocol `random`; 32 bits. */
  readonly splitSeed: number;
}

export interface PrepareSettings extends SplitSettings {
  /** Tokens that occur less often in the training part share the out-of-vocabulary id. At least 1. */
  readonly minCount: number;
  readonly order: IdOrder;
  /** Order `hashed`: ids of a field for each of its different training tokens, above 0. */
  readonly idsPerToken?: number;
  /** Dense columns that name no transform of their own; `log` is DLRM's. */
  readonly dense: DenseTransform;
}

export const defaultSettings: PrepareSettings = {
  protocol: 'temporal',
  minCount: 1,
  order: 'frequency',
  dense: 'log',
  splitSeed: 1,
};

/** Ids for each token under order `hashed`: about 40 % of the tokens then share an id with another one. */
export const defaultIdsPerToken = 2;

/** Days of a rolling evaluation if none are named; the last fold is then the temporal split of an ordered log. */
const defaultDays = 7;

/** Settings as they are asked for: days of a rolling evaluation that are not named are the log's. */
export interface AskedSettings extends Omit<PrepareSettings, 'rolling'> {
  readonly rolling?: { readonly days?: number | undefined; readonly day?: number | undefined };
}

/**
 * The settings among other members of a request; `days` are those that the log comes in. Throws a UserError for values that do not fit.
 */
export function settingsOf(
  { protocol, shares, rolling, minCount, order, idsPerToken, dense, splitSeed }: AskedSettings,
  days?: number,
): PrepareSettings {
  if (!Number.isInteger(minCount) || minCount < 1) {
    throw new UserError(`--min-count ${minCount}: give an integer of at least 1 (1 keeps every token)`);
  }
  requireShares(protocol, shares);
  requireNumbering(minCount, order, idsPerToken);
  return {
    protocol,
    ...(shares && !isDefault(protocol, shares, days) && { shares }),
    ...(protocol === 'rolling' && { rolling: rollingFold(daysOf(rolling?.days, days), rolling?.day) }),
    minCount,
    order,
    ...(order === 'hashed' && { idsPerToken: idsPerToken ?? defaultIdsPerToken }),
    dense,
    splitSeed,
  };
}

/** More ids cost memory, and change hardly any. */
const mostIdsPerToken = 100;

function requireNumbering(minCount: number, order: IdOrder, idsPerToken: number | undefined): void {
  if (order !== 'hashed') {
    if (idsPerToken === undefined) return;
    throw new UserError(`--ids-per-token is for --id-order hashed, not for ${order}: leave it out`);
  }
  if (idsPerToken !== undefined && idsPerToken > mostIdsPerToken)
    throw new UserError(
      `--ids-per-token ${idsPerToken}: give at most ${mostIdsPerToken}; with so many, one token in a hundred shares its id`,
    );
  if (minCount > 1)
    throw new UserError(
      `--min-count ${minCount}: --id-order hashed has no out-of-vocabulary id for rare tokens: leave one out`,
    );
}

function requireShares(protocol: Protocol, shares: SplitSettings['shares']): void {
  if (shares === undefined) return;
  if (protocol !== 'temporal' && protocol !== 'random')
    throw new UserError(
      `--shares is for the protocols temporal and random, not for ${protocol}: leave it out`,
    );
  const all = [shares.train, shares.validation, shares.test];
  const text = all.map((share) => Number(share.toPrecision(6))).join(',');
  if (all.some((share) => !(share > 0)))
    throw new UserError(`--shares ${text}: every part needs a share above 0`);
  const sum = all.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-6)
    throw new UserError(`--shares ${text}: the shares of train, validation and test have to add up to 1`);
}

/** The days of a rolling evaluation. Throws a UserError for others than a log comes in. */
function daysOf(asked: number | undefined, ofLog: number | undefined): number | undefined {
  if (asked !== undefined && ofLog !== undefined && asked !== ofLog)
    throw new UserError(`--rolling-days ${asked}: the log comes in ${ofLog} days; leave it out`);
  return asked ?? ofLog;
}

/** The protocol's own shares, so that naming them changes nothing; a log in days has none of its own under `temporal`. */
function isDefault(
  protocol: Protocol,
  { validation, test }: NonNullable<SplitSettings['shares']>,
  days: number | undefined,
): boolean {
  if (protocol === 'temporal' && days !== undefined) return false;
  const own = protocol === 'temporal' ? 1 / 14 : 0.1;
  return Math.abs(validation - own) < 1e-9 && Math.abs(test - own) < 1e-9;
}

/** One fold of a rolling evaluation: the last one if none is named. Throws a UserError if there is no such day to test on. */
export function rollingFold(days = defaultDays, day = days - 1): NonNullable<SplitSettings['rolling']> {
  if (day < 1 || day >= days)
    throw new UserError(
      `--rolling-day ${day}: of ${days} days, 1 to ${days - 1} can be the last one to train on (see --rolling-days)`,
    );
  return { days, day };
}
