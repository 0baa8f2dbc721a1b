/** The table that make-fixtures.py writes, repeated: every cell as the text that a CSV file would have, null for none. */

export const fixtureRows = 60;

type Cell = string | null;

const unless = (isNull: boolean, text: string): Cell => (isNull ? null : text);
const fixed = (digits: bigint, scale: number) => {
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  return `${digits < 0n ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`;
};
const start = Date.UTC(2021, 2, 4, 5, 6, 7);
const time = (ms: number) =>
  new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/(\.000)?Z$/, '');
const day = (i: number) => time(Date.UTC(2020, 0, 1 + i)).slice(0, 10);

export function genresOf(i: number): string[] {
  if (i % 13 === 0) return [];
  return Array.from({ length: i % 4 }, (_, j) => `g${(i + j) % 7}`).filter((_, j) => i % 17 !== 1 || j > 0);
}

/** Columns by name; a function of the row. */
export const expectedCells: Readonly<Record<string, (i: number) => Cell>> = {
  label: (i) => String(Number(i % 3 === 0)),
  i32: (i) => unless(i % 7 === 3, String(i * i - 500)),
  i64: (i) => unless(i % 11 === 5, String(BigInt(i) * 9007199254740993n - 1n)),
  u32: (i) => String(2 ** 32 - 1 - i),
  u64: (i) => String(2n ** 64n - 1n - BigInt(i)),
  f32: (i) => unless(i % 9 === 8, String(i / 8 - 2)),
  f64: (i) => String(i / 10),
  half: (i) => String(i / 4),
  bool: (i) => unless(i % 6 === 5, String(i % 5 < 2)),
  text: (i) => unless(i % 5 === 4, `t${i % 10}`),
  long: (i) => `ü${String(i).repeat(4)}`,
  bytes: (i) => `b${i % 3}`,
  fixed: (i) => String(i).padStart(4, '0'),
  money: (i) => unless(i % 8 === 7, fixed(BigInt(i * 125 - 300), 2)),
  wide: (i) => fixed(BigInt(i) * 10n ** 20n, 3),
  day,
  ms: (i) => time(start + 250 * i),
  us: (i) => time(start + 1000 * i),
  ns: (i) => time(start + 3_600_000 * i),
  genres: (i) => (genresOf(i).length === 0 ? null : genresOf(i).join('|')),
  numbers: (i) => `${i}|${i + 1}`,
  graded: (i) => String(i % 3),
  'device.os': (i) => unless(i % 4 === 0, `os${i % 3}`),
  'device.age': (i) => unless(i % 4 === 0, String(i)),
};
