import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paretoFront } from '../../../analysis/summary/pareto.ts';

interface Row {
  readonly bytes: number;
  readonly auc: number;
}

const row = fc.record({ bytes: fc.integer({ min: 1, max: 30 }), auc: fc.integer({ min: 1, max: 30 }) });
const rows = fc.array(row, { minLength: 1, maxLength: 25 });
const front = (all: readonly Row[], slack = 0) =>
  paretoFront(all, ({ bytes, auc }) => [
    [{ better: 'lower', slack }, bytes],
    [{ better: 'higher', slack: 0 }, auc],
  ]);
const dominates = (a: Row, b: Row) =>
  a.bytes <= b.bytes && a.auc >= b.auc && (a.bytes < b.bytes || a.auc > b.auc);

describe('paretoFront', () => {
  it('holds no row that another dominates', () => {
    fc.assert(
      fc.property(rows, (all) => {
        for (const member of front(all)) expect(all.some((other) => dominates(other, member))).toBe(false);
      }),
    );
  });

  it('dominates every row it leaves out', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const members = front(all);
        for (const other of all) {
          if (!members.has(other)) expect([...members].some((member) => dominates(member, other))).toBe(true);
        }
      }),
    );
  });

  it('does not depend on the order of rows, and keeps equal rows together', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const members = front(all);
        expect(front(all.toReversed())).toEqual(new Set([...members].toReversed()));
        for (const one of all) {
          for (const other of all) {
            if (one.bytes === other.bytes && one.auc === other.auc) {
              expect(members.has(one)).toBe(members.has(other));
            }
          }
        }
      }),
    );
  });

  it('is never empty, with slack as well', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0, max: 0.5, noNaN: true }), (all, slack) => {
        expect(front(all, slack).size).toBeGreaterThan(0);
      }),
    );
  });

  it('takes sizes within the slack as equal', () => {
    const [small, good, large] = [
      { bytes: 97, auc: 1 },
      { bytes: 100, auc: 2 },
      { bytes: 200, auc: 3 },
    ];
    expect([...front([small, good, large])]).toEqual([small, good, large]);
    expect([...front([small, good, large], 0.05)]).toEqual([good, large]);
  });
});
