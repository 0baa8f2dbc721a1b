import { type Change, isRegression } from '../../analysis/regressions/change.ts';
import type { SummaryRow } from '../../analysis/summary/rows.ts';
import { rateOf } from './change-lines.ts';
import type { RecordedChanges } from '../../analysis/regressions/recorded-changes.ts';
import { hardwareNotes } from './recorded-changes.ts';

/** A comparison for machines. A difference's `error` is null if one seed gives none; `bySeeds` is what
 * seeds alone would say, where the error is of test rows too. */
export function changeJson(
  { a, b, data, testRows, rowsAssumed, margin, hardware, settings }: RecordedChanges,
  strict = false,
): unknown {
  const fails = (change: Change) => isRegression(change, strict);
  const { name, protocol, fingerprint } = data;
  return {
    a,
    b,
    data: { name, protocol, fingerprint },
    testRows: testRows ?? null,
    rowsAssumed,
    margin,
    strict,
    notes: hardwareNotes(hardware),
    regressions: settings.flatMap(({ changes }) => changes).filter((one) => fails(one)).length,
    comparisons: settings.map(({ setting, changes }) => ({
      setting,
      changes: changes.map((one) => jsonOf(one, fails(one))),
    })),
  };
}

function jsonOf(
  { pair, verdict, reason, aucOfA, aucOfB, difference, bySeeds }: Change,
  regression: boolean,
): unknown {
  return {
    compression: pair.requested,
    verdict,
    regression,
    reason: reason === '' ? null : reason,
    difference:
      difference === undefined
        ? null
        : { value: difference.value, error: difference.error ?? null, seeds: difference.count },
    bySeeds:
      bySeeds === undefined ? null : { verdict: bySeeds.verdict, error: bySeeds.difference.error ?? null },
    a: sideOf(pair.a, aucOfA),
    b: sideOf(pair.b, aucOfB),
  };
}

function sideOf(row: SummaryRow | undefined, auc: number | undefined): unknown {
  if (row === undefined) return null;
  const { method, options } = row.series;
  return { method, options, status: row.status, auc: auc ?? null, learningRate: rateOf(row) ?? null };
}
