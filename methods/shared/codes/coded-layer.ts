import * as tf from '../../../tensors/index.ts';
import type { FieldRecipe, RowSource } from '../../../harness/contract/conversion.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { IdMap, Indices } from '../../../harness/contract/indices.ts';
import type { Layer, Lookup, Plan, RowGroup, Serving, Table } from '../../../harness/contract/method.ts';
import { joinRows } from '../../../harness/ops/join-rows.ts';
import { type CodeMaps, codeMaps } from './code-maps.ts';
import { codeRecipes } from './code-recipes.ts';
import type { CodeLayout } from './code-layout.ts';
import { sortedByCount } from '../frequency/hot-ids.ts';
import { rowsPerPiece, stackedPieces } from '../rows/row-source.ts';
import { idTiers, type Tiered } from './id-tiers.ts';
import { firstRows, idInit } from '../rows/table-parts.ts';
import { type UncompressedFields, uncompressedFields } from '../rows/uncompressed-fields.ts';
import { fieldsWhere } from '../rows/keep-option.ts';

export type { CodeLayout } from './code-layout.ts';

/** Values of the maps, one map after the other: see CodeMaps. */
export interface Codes {
  readonly hot: Uint32Array;
  readonly warm: Uint32Array;
}

/** Ids of a field that are to choose among the first `codewords` of the codebook of a part. */
export interface Choosing {
  readonly field: number;
  /** The part, beyond those of a level the parts of the next. */
  readonly part: number;
  /** Ids in the order of their positions. */
  readonly ids: Uint32Array;
  readonly hot: boolean;
  readonly codewords: number;
}

/** A layer as it is stored in codes. Without codes, only its sizes can be asked for. */
export interface CodedLayer {
  readonly layout: CodeLayout;
  readonly fields: readonly Field[];
  /** The fields that are coded. */
  readonly coded: readonly number[];
  readonly uncompressed: UncompressedFields;
  /** [coded field][level][part][codeword] */
  readonly codebooks: Table | undefined;
  readonly tables: readonly Table[];
  readonly maps: readonly IdMap[];
  /** The same, without what training has to find. */
  readonly serving: Serving;
  /** The plan that serves the layer. */
  plan(choices: Plan['choices']): Plan;
  /** [batch, fields, dim] from rows and `coded` vectors [batch, coded fields, parts * width], or the codes' if not given. */
  embed(lookup: Lookup, coded?: tf.Tensor3D): tf.Tensor3D;
  /** Positions in the tiers of coded fields. Undefined if all of their ids are hot. */
  positions(lookup: Lookup): Tiered | undefined;
  /** Ids of a coded field that choose among all of its codewords, among the first, and not at all. */
  idsOf(field: number): { readonly hot: Uint32Array; readonly warm: Uint32Array; readonly rest: Uint32Array };
  /** [batch, coded fields, parts * width]: what the codes of a batch's ids stand for. */
  decode(lookup: Lookup): tf.Tensor3D;
  /** Codes of all ids. */
  encode(choose: (ids: Choosing) => Uint32Array): Codes;
  /** The same, in pieces of so many ids: each map's values in their order. Only for layers without warm ids. */
  encodeInPieces(
    choose: (ids: Choosing) => Uint32Array,
    pieceIds?: number,
  ): Map<IdMap, () => Iterable<Uint32Array>>;
  /** Rows of the tables, and how ids find theirs. Only for layers without warm ids. */
  stored(
    rowsOf: (field: number) => RowSource,
    books: Float32Array,
  ): {
    readonly tables: Map<Table, () => Iterable<Float32Array>>;
    readonly recipe: readonly FieldRecipe[];
  };
}

/** `sorted`: of each field, whether ids are in the order of their counts; given where many layouts are tried. */
export function codedLayer(
  { fields, dim }: Pick<Layer, 'fields' | 'dim'>,
  layout: CodeLayout,
  { codes, sorted = sortedByCount(fields) }: { codes?: Codes; sorted?: readonly boolean[] } = {},
): CodedLayer {
  const { parts, width, levels = 1 } = layout;
  const pieces = parts * levels;
  const uncompressed = uncompressedFields(
    { fields, dim },
    fieldsWhere(layout.uncompressed, (keeps) => keeps),
  );
  const coded = fieldsWhere(layout.uncompressed, (keeps) => !keeps);
  const books = coded.flatMap((f) =>
    Array.from({ length: pieces }, () => ({
      rows: layout.codewords[f],
      init: idInit(fields[f].cardinality),
    })),
  );
  const codebooks = books.length > 0 ? { width, parts: books } : undefined;

  const of = (perField: readonly number[]) => coded.map((f) => perField[f]);
  const tiers = idTiers(fields, coded, { hot: of(layout.hot), warm: of(layout.warm) }, sorted);
  const hot = codeMaps(of(layout.hot), of(layout.codewords), pieces, codes?.hot);
  const warm = codeMaps(of(layout.warm), of(layout.warmCodewords), pieces, codes?.warm);

  const bookOffsets = firstRows(books);
  const spread = coded.flatMap((_, i) => Array.from({ length: pieces }, () => i));
  const ofLevels = Array.from({ length: levels }, (_, level) =>
    coded.flatMap((_, i) => Array.from({ length: parts }, (_, part) => (i * levels + level) * parts + part)),
  );
  const some = (counts: readonly number[]) => coded.some((f) => counts[f] > 0);
  const rests = coded.map((f) => fields[f].cardinality - layout.hot[f] - layout.warm[f]);

  /** The codewords of a tier, level by level: positions [batch, coded fields], and how they lead to rows. */
  const tier = (codesAt: (positions: Indices) => Indices, columns: CodeMaps['columns']) => {
    const found = columns.map((column, i) => ({ ...column, offset: bookOffsets[i] }));
    const piecesOf = ofLevels.map((ofLevel) =>
      levels === 1 ? found : ofLevel.map((column) => found[column]),
    );
    return (positions: Indices): RowGroup[] => {
      const each = pieces === 1 ? positions : positions.pick(spread);
      const all = codesAt(each).plus(bookOffsets);
      return ofLevels.map((ofLevel, level) => ({
        table: codebooks!,
        indices: levels === 1 ? all : all.pick(ofLevel),
        pieces: parts,
        codes: { positions, pieces: piecesOf[level] },
        fields: coded,
      }));
    };
  };
  const isHot = some(layout.hot);
  const isWarm = some(layout.warm);
  const isRest = rests.some((ids) => ids > 0);
  const first = bookOffsets.map(() => ({ start: 0 }));
  const [hotRows, warmRows] = [tier(hot.codesAt, hot.columns), tier(warm.codesAt, warm.columns)];
  const restRows = tier((all) => all.mod(1), first);
  /** Codewords of every tier; an id has those of its own. */
  const codewordsOf = (lookup: Lookup): RowGroup[] => {
    const places = tiers.part(lookup);
    if (places === undefined) return hotRows(lookup.ids.pick(coded));
    return [
      ...(isHot ? hotRows(places.hot) : []),
      ...(isWarm ? warmRows(places.warm) : []),
      ...(isRest ? restRows(places.rest) : []),
    ];
  };
  const decode = (lookup: Lookup) => {
    const vectors = codewordsOf(lookup).map(({ indices }) => lookup.rows(codebooks!, indices));
    return tf.reshape<tf.Rank.R3>(
      vectors.reduce((sum, more) => tf.add(sum, more)),
      [lookup.ids.batch, coded.length, parts * width],
    );
  };
  const embed: CodedLayer['embed'] = (lookup, vectors) => {
    if (coded.length === 0) return uncompressed.embed(lookup);
    if (vectors === undefined)
      return joinRows(lookup, [...uncompressed.groups(lookup), ...codewordsOf(lookup)], fields.length, dim);
    const whole = parts * width === dim ? vectors : tf.slice(vectors, [0, 0, 0], [-1, -1, dim]);
    if (uncompressed.fields.length === 0) return whole;
    return joinRows(lookup, [...uncompressed.groups(lookup), { vectors: whole, fields: coded }], fields.length, dim); // prettier-ignore
  };
  function* codesOfPieces(
    column: number,
    choose: (ids: Choosing) => Uint32Array,
    size: number,
  ): Iterable<Uint32Array> {
    const at = Math.floor(column / pieces);
    const [field, part] = [coded[at], column % pieces];
    for (const ids of tiers.hotPieces(at, size))
      yield choose({ field, part, ids, hot: true, codewords: layout.codewords[field] });
  }
  const tables = [...uncompressed.tables, ...(codebooks ? [codebooks] : [])];
  const toldApart = {
    byField: fields.map(({ cardinality }, f) =>
      layout.uncompressed[f] ? cardinality : layout.hot[f] + layout.warm[f],
    ),
  };
  const maps = [...tiers.maps, ...hot.maps, ...warm.maps];
  return {
    layout,
    fields,
    coded,
    uncompressed,
    codebooks,
    tables,
    maps,
    serving: { tables, toldApart, maps: maps.map(({ length, bits, holds }) => ({ length, bits, holds })) },
    plan: (choices) => ({ tables, maps, choices, toldApart, embed: (lookup) => embed(lookup) }),
    embed,
    positions: (lookup) => tiers.part(lookup),
    idsOf(field) {
      const at = coded.indexOf(field);
      return { hot: tiers.hotIds(at), warm: tiers.warmIds(at), rest: tiers.restIds(at) };
    },
    decode,
    encode(choose) {
      const found = { hot: new Uint32Array(hot.length), warm: new Uint32Array(warm.length) };
      coded.forEach((field, i) => {
        const asking = [
          { to: found.hot, map: hot, ids: tiers.hotIds(i), hot: true, codewords: layout.codewords[field] },
          {
            to: found.warm,
            map: warm,
            ids: tiers.warmIds(i),
            hot: false,
            codewords: layout.warmCodewords[field],
          },
        ];
        for (const { to, map, ...tier } of asking)
          for (let part = 0; part < pieces; part++) {
            const first = map.first[i * pieces + part];
            if (first !== undefined && tier.ids.length > 0) to.set(choose({ field, part, ...tier }), first);
          }
      });
      return found;
    },
    encodeInPieces: (choose, pieceIds = rowsPerPiece(dim)) =>
      new Map(
        hot.maps.map((map) => {
          const columns = [...hot.columns.keys()].filter((column) => hot.columns[column].map === map);
          columns.sort((a, b) => hot.columns[a].start - hot.columns[b].start);
          return [map, () => allOf(columns.map((column) => () => codesOfPieces(column, choose, pieceIds)))];
        }),
      ),
    stored: (rowsOf, books) => ({
      tables: new Map([
        ...uncompressed.tables.map((table) => [table, () => stackedPieces(uncompressed.fields.map(rowsOf))] as const),
        ...(codebooks ? [[codebooks, () => [books]] as const] : []),
      ]), // prettier-ignore
      recipe: codeRecipes({
        layout,
        fields,
        coded,
        uncompressed,
        columns: hot.columns,
        bookOffsets,
        maps,
        sorted,
      }),
    }),
  };
}

/** Entries of several lists, one list after the other. */
function* allOf<T>(lists: readonly (() => Iterable<T>)[]): Iterable<T> {
  for (const list of lists) yield* list();
}
