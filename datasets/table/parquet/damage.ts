/** Bytes that no whole Parquet file has. The reader adds file, row group and column, and makes a UserError of it. */
export class Damage extends Error {
  override readonly name = 'Damage';
}

/** A value that the column's use does not take: a label of 7, an infinite number. The text says what it is and what to do. */
export class BadValue extends Error {
  override readonly name = 'BadValue';
}
