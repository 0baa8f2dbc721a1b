import { writeTextToken } from '../../datasets/text-token.ts';
import { UserError } from '../../base/user-error.ts';
import type { Batch } from '../../harness/contract/data.ts';
import { withFurther } from '../../harness/contract/further-values.ts';
import type { ManifestData, ManifestField, RawCell, RawRow } from '../program/manifest.ts';

/** A missing value of a dense column that becomes buckets. */
const missingInteger = -(2 ** 31);

/** Raw rows as the model takes them. */
export type EncodedRows = Pick<Batch, 'size' | 'dense' | 'ids' | 'further'>;

/** Turns raw rows into ids and dense values, by the vocabulary of the training log. A column that a row lacks is missing. */
export class RowEncoder {
  private readonly data: ManifestData;
  private readonly pools: readonly ManifestField['pool'][];
  private readonly idOf: readonly ((cell: RawCell) => number)[];

  /** `tokensOf`: the words of a field's tokens in the order of their ids. */
  constructor(
    data: ManifestData,
    fields: readonly ManifestField[],
    tokensOf: (field: number) => Uint32Array,
  ) {
    this.data = data;
    this.pools = fields.map(({ pool }) => pool);
    this.idOf = data.fields.map((field, f) => lookUpIn(field, tokensOf(f)));
  }

  /** Throws a UserError for a cell that is no value of its column. */
  encode(rows: readonly RawRow[]): EncodedRows {
    const { dense, fields } = this.data;
    const size = rows.length;
    const ids = new Uint32Array(size * fields.length);
    const lists = this.pools.map(() => ({ lengths: new Uint8Array(size), values: [] as number[] }));
    rows.forEach((row, at) => {
      fields.forEach(({ name }, f) => {
        const cell = row[name] ?? null;
        if (this.pools[f] === undefined) {
          const [one, ...others] = Array.isArray(cell) ? (cell as readonly RawCell[]) : [cell as RawCell];
          if (one === undefined || others.length > 0)
            throw new UserError(`${name}: a list of values, and the field has one value in a row`);
          ids[at * fields.length + f] = this.idOf[f](one);
          return;
        }
        const cells = Array.isArray(cell) ? (cell as readonly RawCell[]) : [cell as RawCell];
        const values = (cells.length > 0 ? cells : [null]).map(this.idOf[f]);
        if (values.length > 255)
          throw new UserError(`${name}: ${values.length} values; a row has at most 255`);
        lists[f].lengths[at] = values.length;
        lists[f].values.push(...values);
      });
    });
    const pooled = this.pools.flatMap((pool, field) => (pool ? [{ field, pool, ...lists[field] }] : []));
    return {
      size,
      dense: Float32Array.from(rows.flatMap((row) => dense.map((rule) => transformed(row[rule.name], rule)))),
      ...(pooled.length === 0 ? { ids } : withFurther(ids, size, pooled)),
    };
  }
}

function transformed(
  cell: RawRow[string] | undefined,
  { name, transform, mean = 0, deviation = 1 }: ManifestData['dense'][number],
): number {
  if (cell === null || cell === undefined || cell === '') return 0;
  const x = Number(cell);
  if (typeof cell === 'object' || !Number.isFinite(x))
    throw new UserError(`${name}: ${JSON.stringify(cell)} is no number`);
  if (transform === 'raw') return x;
  if (transform === 'standard') return (Math.fround(x) - mean) / deviation;
  return x > 0 ? Math.log((Number.isInteger(x) ? x : Math.fround(x)) + 1) : 0;
}

/** The id of a cell of a field. */
function lookUpIn(field: ManifestData['fields'][number], tokens: Uint32Array): (cell: RawCell) => number {
  const { outOfVocabulary } = field;
  const idAt = (place: number) => (place < outOfVocabulary ? place : place + 1);
  if (field.token === 'integer32' || field.token === 'bucket') {
    const places = new Map<number, number>();
    tokens.forEach((token, place) => places.set(token, place));
    const tokenOf = field.token === 'bucket' ? bucketOf : integerOf;
    return (cell) => {
      const place = places.get(tokenOf(cell, field));
      return place === undefined ? outOfVocabulary : idAt(place);
    };
  }
  const words = field.token === 'text' ? 3 : 2;
  const keyOf = (own: ArrayLike<number>) => Array.from(own).join();
  const places = new Map<string, number>();
  for (let place = 0; place * words < tokens.length; place++)
    places.set(keyOf(tokens.subarray(place * words, (place + 1) * words)), place);
  const wordsOf = field.token === 'text' ? textWords : wideWords;
  return (cell) => {
    const place = places.get(keyOf(isToken(cell) ? cell.token : wordsOf(cell, field)));
    return place === undefined ? outOfVocabulary : idAt(place);
  };
}

type Field = ManifestData['fields'][number];

const isToken = (cell: RawCell): cell is { readonly token: readonly number[] } =>
  typeof cell === 'object' && cell !== null && 'token' in cell;
const isMissing = (cell: RawCell) => cell === null || cell === '';

function integerOf(cell: RawCell, { name, written, missing = 0 }: Field): number {
  if (isMissing(cell)) return missing;
  if (isToken(cell)) return cell.token[0];
  if (written === 'hex' && typeof cell === 'string') {
    if (/^[0-9a-fA-F]{1,8}$/.test(cell)) return parseInt(cell, 16);
  } else if (Number.isInteger(Number(cell))) return Number(cell) >>> 0;
  throw new UserError(
    `${name}: ${JSON.stringify(cell)} is no ${written === 'hex' ? 'token of 1 to 8 hexadecimal digits' : 'whole number'}`,
  );
}

/** Buckets of FuxiCTR and of the winner of the Criteo challenge: floor(ln(x)^2) above 2. */
function bucketOf(cell: RawCell, { name }: Field): number {
  if (isMissing(cell)) return missingInteger >>> 0;
  const x = Math.fround(Number(cell));
  if (!Number.isFinite(x)) throw new UserError(`${name}: ${JSON.stringify(cell)} is no number`);
  return (x > 2 ? Math.floor(Math.log(x) ** 2) : Math.max(Math.trunc(x), missingInteger + 1)) >>> 0;
}

function textWords(cell: RawCell): Uint32Array {
  const words = new Uint32Array(3);
  if (!isMissing(cell)) writeTextToken(`${cell as string | number}`, words, 0);
  return words;
}

function wideWords(cell: RawCell, { name }: Field): Uint32Array {
  if (isMissing(cell)) return new Uint32Array(2);
  try {
    const value = BigInt.asUintN(64, BigInt(cell as number | string));
    return Uint32Array.of(Number(value & 0xffffffffn), Number(value >> 32n));
  } catch {
    throw new UserError(`${name}: ${JSON.stringify(cell)} is no whole number of 64 bits`);
  }
}
