import { isNumber } from '../label-rule.ts';

/** Names of labels in use, for files whose label is not named yet. */
const labelNames = /^(label|click|clicks|clicked|target|y|rating|action|is_click|conversion)$/i;

/**
 * True if the first record is a header: a column that there must be has a name, such as the label. Without one, if no cell of it is empty or a
 * number and one of the next lines has a number, or if one cell is a usual name of a label. An empty first cell is the name of an index, as pandas
 * writes it, if the rows are numbered; an empty last one follows from a separator at the end of every line.
 */
export function isHeader([first, ...rest]: readonly string[][], known: string | undefined): boolean {
  const cells = first.map((cell) => cell.trim());
  if (known !== undefined && !/^[1-9][0-9]*$/.test(known)) return true;
  if (cells.some((cell) => labelNames.test(cell))) return true;
  const numbered = cells[0] === '' && rest.length > 1 && rest.every(([cell], row) => cell === String(row));
  const ended = cells.at(-1) === '' && rest.length > 1 && rest.every((row) => row.at(-1) === '');
  const named = cells.slice(Number(numbered), cells.length - Number(ended));
  return (
    named.length > 0 &&
    !named.some((cell) => isNumber(cell) || cell === '') &&
    rest.some((row) => row.some((cell) => isNumber(cell)))
  );
}
