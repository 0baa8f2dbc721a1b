import type { AgreementAt } from '../../analysis/agreement/agreement.ts';
import { formatRatio } from '../../reports/format.ts';

const decimals = (value: number | undefined) =>
  value === undefined ? '' : value.toFixed(2).replace('-', '−');

/** Agreements of two comparisons by budget as a Markdown table, and the pairs that they order in opposite ways. */
export function agreementTable(budgets: readonly AgreementAt[]): string {
  const heading = [
    '',
    'methods',
    'rank correlation',
    '95 %',
    'at best, by seeds',
    'pairs shown in both',
    'of them reversed',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = budgets.map(({ requested, methods, correlation, ceiling, shown, reversed }) =>
    line([
      ...[formatRatio(requested), String(methods), decimals(correlation?.value)],
      correlation === undefined ? '' : `${decimals(correlation.from)} to ${decimals(correlation.to)}`,
      ...[decimals(ceiling), String(shown), String(reversed.length)],
    ]),
  );
  return [line(heading), line(heading.map((_, i) => (i === 0 ? '---' : '---:'))), ...lines].join('\n');
}

/** One line for each budget at which methods have other options in the two. */
export function otherOptionLines(budgets: readonly AgreementAt[]): string[] {
  return budgets
    .filter(({ otherOptions }) => otherOptions.length > 0)
    .map(({ requested, otherOptions }) => `${formatRatio(requested)}, other options in the two: ${otherOptions.map((label) => `\`${label}\``).join(', ')}`); // prettier-ignore
}

/** One line for each budget with reversed pairs: `16x: first over second, ...`. */
export function reversalLines(budgets: readonly AgreementAt[]): string[] {
  return budgets
    .filter(({ reversed }) => reversed.length > 0)
    .map(({ requested, reversed }) => {
      const pairs = reversed.map(([first, second]) => `\`${first}\` over \`${second}\``);
      return `${formatRatio(requested)}, the other way round in the second: ${pairs.join(', ')}`;
    });
}
