/** A cell in a message: quoted, without control characters, and cut after a few letters. */
export function quoted(cell: string): string {
  return JSON.stringify(cell.length > 24 ? `${cell.slice(0, 24)}...` : cell);
}
