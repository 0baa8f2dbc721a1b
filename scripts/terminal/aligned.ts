import { plainLine } from './printed.ts';

/**
 * Lines of columns as wide as their longest cell. The first `left` columns and those from `text` on are flush left. Names come
 * from records, so control characters are escaped.
 */
export function aligned(
  rows: readonly (readonly string[])[],
  left: number,
  text = Number.POSITIVE_INFINITY,
): string {
  const plain = rows.map((row) => row.map((cell) => plainLine(cell)));
  const widths = plain[0].map((_, i) => Math.max(...plain.map((row) => (row[i] ?? '').length)));
  return plain
    .map((row) => {
      const cells = row.map((cell, i) =>
        i < left || i >= text ? cell.padEnd(widths[i]) : cell.padStart(widths[i]),
      );
      return `  ${cells.join('  ')}`.trimEnd();
    })
    .join('\n');
}
