/**
 * The shape of Criteo's 13 + 26 columns: aggregate parameters fitted on a sample of the Kaggle log (README.md says how).
 * Rows of one `group` are missing together; fields of one `family` are coarser and finer views of the same thing.
 */

export interface IntegerColumn {
  readonly name: string;
  /** The count is floor(exp(mean + deviation * z)) - offset for a standard normal z. */
  readonly mean: number;
  readonly deviation: number;
  readonly offset: number;
  readonly missing: number;
  readonly group: string;
  /** The factor of the row (one of three) that moves it, and its share of z (-1 .. 1). */
  readonly factor: number;
  readonly loading: number;
  /** Weight in the logit of the standardized log(x + 1). */
  readonly effect: number;
}

export interface CategoryColumn {
  readonly name: string;
  /** Distinct ids in the 45.8 M rows of the Kaggle log, without the missing one. */
  readonly cardinality: number;
  /** The k-th most frequent id has probability ~ (k + shift)^-exponent, and the first one `top` on top of that. */
  readonly exponent: number;
  readonly shift: number;
  readonly top: number;
  readonly missing: number;
  readonly group: string;
  readonly family: string;
  /** Relative standard deviation of what an id adds to the logit, and of its latent vector's entries (0: it has none). */
  readonly effect: number;
  readonly latent: number;
}

const integer = (
  ...[name, mean, deviation, offset, missing, group, factor, loading, effect]: IntegerRow
) => ({
  name,
  mean,
  deviation,
  offset,
  missing,
  group,
  factor,
  loading,
  effect,
});
type IntegerRow = [string, number, number, number, number, string, number, number, number];

// prettier-ignore
export const integerColumns: readonly IntegerColumn[] = [
  //       name  mean   dev  off  missing  group   factor load  effect
  integer('I1',   0.34, 1.47, 0, 0.4512, 'visits', 0,  0.85,  0.20),
  integer('I2',   1.75, 2.68, 1, 0,      'none',   0,  0.05,  0   ),
  integer('I3',   1.95, 1.43, 0, 0.2134, 'counts', 2,  0.60, -0.15),
  integer('I4',   1.54, 1.04, 0, 0.2148, 'counts', 2,  0.93,  0.15),
  integer('I5',   7.29, 2.59, 0, 0.0262, 'volume', 0, -0.65, -0.20),
  integer('I6',   3.33, 1.79, 0, 0.2234, 'counts', 1,  0.35, -0.20),
  integer('I7',   1.32, 1.74, 0, 0.0431, 'depth',  1,  0.90,  0.20),
  integer('I8',   2.02, 1.04, 0, 0.0005, 'counts', 2,  0.70, -0.10),
  integer('I9',   3.49, 1.62, 0, 0.0431, 'depth',  1,  0.60, -0.13),
  integer('I10', -0.04, 0.52, 0, 0.4512, 'visits', 0,  0.90,  0.15),
  integer('I11',  0.41, 1.21, 0, 0.0431, 'depth',  1,  0.92,  0.30),
  integer('I12', -2.27, 2.28, 0, 0.7651, 'rare',   1,  0.30,  0   ),
  integer('I13',  1.56, 1.11, 0, 0.2148, 'counts', 2,  0.90, -0.40),
];

const category = (
  ...[name, cardinality, exponent, shift, top, missing, group, family, effect, latent]: CategoryRow
) => ({
  name,
  cardinality,
  exponent,
  shift,
  top,
  missing,
  group,
  family,
  effect,
  latent,
});
type CategoryRow = [string, number, number, number, number, number, string, string, number, number];

// prettier-ignore
export const categoryColumns: readonly CategoryColumn[] = [
  //        name  cardinality exponent shift  top   missing  group    family   effect latent
  category('C1',      1460, 1.964,  0.33, 0,    0,      'none',  'C1',     0.05, 0   ),
  category('C2',       583, 3.576,  69.1, 0.10, 0,      'none',  'ad',     0.35, 0.60),
  category('C3',  10131226, 1.029,   2.7, 0,    0.0344, 'cross', 'cross',  0.25, 0   ),
  category('C4',   2202607, 1.170,   7.2, 0,    0.0344, 'cross', 'cross',  0.30, 0   ),
  category('C5',       305, 2.550,  0.32, 0,    0,      'none',  'C5',     0.05, 0   ),
  category('C6',        23, 6.000,  6.00, 0,    0.1217, 'C6',    'C6',     0.10, 0.30),
  category('C7',     12517, 1.799, 353.4, 0.06, 0,      'none',  'site',   0.40, 0.10),
  category('C8',       633, 2.289,  0.35, 0,    0,      'none',  'C8',     0.05, 0   ),
  category('C9',         3, 1.964, -0.61, 0,    0,      'none',  'C9',     0.30, 0.30),
  category('C10',    93145, 1.654, 274.2, 0.25, 0,      'none',  'C10',    0.30, 0   ),
  category('C11',     5683, 2.545, 404.9, 0.08, 0,      'none',  'site',   0.40, 0.10),
  category('C12',  8351592, 1.049,   2.8, 0,    0.0344, 'cross', 'cross',  0.20, 0   ),
  category('C13',     3194, 1.362,  34.9, 0,    0,      'none',  'site',   0.40, 0.10),
  category('C14',       27, 6.000,  8.14, 0,    0,      'none',  'C14',    0.30, 0.50),
  category('C15',    14992, 2.083, 172.9, 0,    0,      'none',  'ad',     0.40, 0.12),
  category('C16',  5461305, 1.100,   5.2, 0,    0.0344, 'cross', 'cross',  0.20, 0   ),
  category('C17',       10, 0.913, -0.58, 0,    0,      'none',  'C17',    0.40, 0.60),
  category('C18',     5652, 2.235,  73.2, 0,    0,      'none',  'ad',     0.40, 0.12),
  category('C19',     2172, 2.161,  68.8, 0.64, 0.4415, 'extra', 'extra',  0.20, 0   ),
  category('C20',        3, 0.085,  2.89, 0,    0.4415, 'extra', 'C20',    0.10, 0.30),
  category('C21',  7046546, 1.068,   3.5, 0,    0.0344, 'cross', 'cross',  0.20, 0   ),
  category('C22',       17, 6.000,  4.12, 0,    0.7614, 'rare',  'C22',    0.15, 0.30),
  category('C23',       15, 3.654,  3.76, 0,    0,      'none',  'C23',    0.35, 0.60),
  category('C24',   286180, 1.293,   4.9, 0,    0.0344, 'cross', 'cross',  0.40, 0   ),
  category('C25',      104, 6.000,  10.9, 0,    0.4415, 'extra', 'C25',    0.15, 0.30),
  category('C26',   142571, 1.325,  21.1, 0.10, 0.4415, 'extra', 'extra',  0.30, 0   ),
];
