import { UserError } from '../../base/user-error.ts';
import type { Batch } from '../../harness/contract/data.ts';
import { withFurther } from '../../harness/contract/further-values.ts';
import type { ManifestData, ManifestField, RawCell, RawRow } from '../program/manifest.ts';
import { type HashRule, idOfToken } from '../../datasets/hashed-id.ts';
import { numberOf, told, tokenOf, wordsOf } from './raw-cells.ts';

/** Raw rows as the model takes them. */
export type EncodedRows = Pick<Batch, 'size' | 'dense' | 'ids' | 'further'>;

/** Turns raw rows into ids and dense values, by the vocabulary of the training log or the hashes that its ids are. A column that a row lacks is missing. */
export class RowEncoder {
  private readonly data: ManifestData;
  private readonly pools: readonly ManifestField['pool'][];
  private readonly idOf: readonly ((cell: RawCell) => number)[];

  /** `tokensOf`: the words of a field's tokens in the order of their ids. Fields whose ids are hashes are not asked for. */
  constructor(
    data: ManifestData,
    fields: readonly ManifestField[],
    tokensOf: (field: number) => Uint32Array,
  ) {
    this.data = data;
    this.pools = fields.map(({ pool }) => pool);
    this.idOf = data.fields.map((field, f) => (field.hashed ? hashed(field, field.hashed) : lookUpIn(field, tokensOf(f)))); // prettier-ignore
  }

  /** Throws a UserError for a cell that is no value of its column. */
  encode(rows: readonly RawRow[]): EncodedRows {
    requireList(rows);
    const { dense, fields } = this.data;
    const size = rows.length;
    const ids = new Uint32Array(size * fields.length);
    const lists = this.pools.map(() => ({ lengths: new Uint8Array(size), values: [] as number[] }));
    rows.forEach((row, at) => {
      requireRow(row, at);
      fields.forEach(({ name }, f) => {
        const cell = row[name] ?? null;
        const cells = Array.isArray(cell) ? (cell as readonly RawCell[]) : [cell as RawCell];
        if (this.pools[f] === undefined) {
          if (cells.length !== 1) throw new UserError(`${name}: a list of values, and the field has one value in a row`); // prettier-ignore
          ids[at * fields.length + f] = this.idOf[f](cells[0]);
          return;
        }
        const values = (cells.length > 0 ? cells : [null]).map((value) => this.idOf[f](value ?? null));
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
  const x = numberOf(cell, name);
  if (transform === 'raw') return x;
  if (transform === 'standard') return (Math.fround(x) - mean) / deviation;
  return x > 0 ? Math.log((Number.isInteger(x) ? x : Math.fround(x)) + 1) : 0;
}

type Field = ManifestData['fields'][number];

/** Ids of cells that are hashes of their tokens. */
function hashed(field: Field, rule: HashRule): (cell: RawCell) => number {
  const words = wordsOf(field.token);
  return (cell) => idOfToken(tokenOf(cell, field), 0, words, rule);
}

/** Ids of cells by the tokens of a vocabulary. */
function lookUpIn(field: Field, tokens: Uint32Array): (cell: RawCell) => number {
  const { outOfVocabulary = tokens.length } = field;
  const words = wordsOf(field.token);
  const keyOf = (own: Uint32Array): number | string => (words === 1 ? own[0] : own.join());
  const places = new Map<number | string, number>();
  for (let place = 0; place * words < tokens.length; place++)
    places.set(keyOf(tokens.subarray(place * words, (place + 1) * words)), place);
  return (cell) => {
    const place = places.get(keyOf(tokenOf(cell, field)));
    if (place === undefined) return outOfVocabulary;
    return place < outOfVocabulary ? place : place + 1;
  };
}

function requireList(rows: unknown): void {
  if (!Array.isArray(rows)) throw new UserError('rows: expected a list of rows, objects of cells by column');
}

/** Throws a UserError for what has no cells by column, such as a list of cells. */
function requireRow(row: unknown, at: number): void {
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    throw new UserError(`row ${at}: ${told(row)} is no object of cells by column`);
}
