import { isNumber } from '../label-rule.ts';

/** Names of labels in use, for files whose label is not named yet. */
const labelNames = /^(label|click|clicks|clicked|target|y|rating|action|is_click|conversion)$/i;

/**
 * True if the first record is a header: a column that there must be has a name, such as the label. Without one, if no cell of it is a number and one of the next lines
 * has one in the same column, or one cell is a usual name of a label.
 */
export function isHeader([first, ...rest]: readonly string[][], known: string | undefined): boolean {
  const cells = first.map((cell) => cell.trim());
  if (known !== undefined && !/^[1-9][0-9]*$/.test(known)) return true;
  if (cells.some((cell) => labelNames.test(cell))) return true;
  return (
    !cells.some((cell) => isNumber(cell) || cell === '') &&
    rest.some((row) => row.some((cell) => isNumber(cell)))
  );
}
