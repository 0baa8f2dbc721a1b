import type { Tensor3D } from '@tensorflow/tfjs';
import { none } from '../../harness/contract/backend.ts';
import { bitsFor, idMap, type IdMap, type Indices } from '../../harness/contract/indices.ts';
import type { Layer, Lookup, Plan, Serving, Table } from '../../harness/contract/method.ts';
import { joinFields } from '../../harness/ops/join-fields.ts';
import { hotIds, sortedByCount } from './hot-ids.ts';
import { firstRows, idInit, rowPerId } from './rows.ts';

/**
 * How the ids of a layer are stored as codes. A vector is cut into parts of `width` floats; every part of a field has a
 * codebook of its own, and every id a code per part. The most frequent ids of a field, the hot ones, choose among all of
 * its codewords, the others among the first `coldCodewords`: where that is 1, they share one vector, and nothing is
 * stored of them. Numbers are per field, and 0 where the field is whole.
 */
export interface CodeLayout {
  /** Fields with a row per id in place of codes. */
  readonly whole: readonly boolean[];
  readonly parts: number;
  /** Of a part. Where parts * width is more than the model's width, the rest is cut off. */
  readonly width: number;
  readonly codewords: readonly number[];
  readonly hot: readonly number[];
  readonly coldCodewords: readonly number[];
}

/** Values of the maps: part by part, within a part field by field, within a field in the order of positions. */
export interface Codes {
  readonly hot: Uint32Array;
  readonly cold: Uint32Array;
}

/** Ids of a field that are to choose among the first `codewords` of the codebook of a part. */
export interface Choosing {
  readonly field: number;
  readonly part: number;
  /** In the order of their positions. */
  readonly ids: Uint32Array;
  readonly hot: boolean;
  readonly codewords: number;
}

/** Where the ids of a batch are among those that are hot and the others, `none` where they are not: [batch, coded fields]. */
export interface Positions {
  readonly hot: Indices;
  readonly cold: Indices;
}

/** A layer as it is stored in codes. Without codes, only its sizes can be asked for. */
export interface CodedLayer {
  readonly layout: CodeLayout;
  /** The fields that are coded. */
  readonly coded: readonly number[];
  /** [whole field][id] */
  readonly wholeRows: Table | undefined;
  /** [coded field][part][codeword] */
  readonly codebooks: Table | undefined;
  readonly tables: readonly Table[];
  readonly maps: readonly IdMap[];
  /** The same, without what training has to find. */
  readonly serving: Serving;
  /** That serves the layer. */
  plan(choices: Plan['choices']): Plan;
  /** [batch, fields, dim] of rows and `coded` vectors [batch, coded fields, parts * width]; from the codes if not given. */
  embed(lookup: Lookup, coded?: Tensor3D): Tensor3D;
  /** Undefined where all ids of coded fields are hot. */
  positions(lookup: Lookup): Positions | undefined;
  /** How many positions a field has that are not hot. */
  coldPositions(field: number): number;
  /** [batch, coded fields, parts * width]: what the codes of a batch's ids stand for. */
  decode(lookup: Lookup): Tensor3D;
  /** The ids of a coded field that choose among all of its codewords. */
  hotIds(field: number): Uint32Array;
  /** Codes of all ids. */
  encode(choose: (ids: Choosing) => Uint32Array): Codes;
}

/** `sorted`: of each field, whether ids are in the order of their counts; given where many layouts are tried. */
export function codedLayer(
  { fields, dim }: Pick<Layer, 'fields' | 'dim'>,
  layout: CodeLayout,
  { codes, sorted = sortedByCount(fields) }: { codes?: Codes; sorted?: readonly boolean[] } = {},
): CodedLayer {
  const { parts, width } = layout;
  const where = (whole: boolean) => fields.flatMap((_, f) => (layout.whole[f] === whole ? [f] : []));
  const [whole, coded] = [where(true), where(false)];
  const wholeRows =
    whole.length > 0 ? { width: dim, parts: whole.map((f) => rowPerId(fields[f])) } : undefined;
  const books = coded.flatMap((f) =>
    Array.from({ length: parts }, () => ({
      rows: layout.codewords[f],
      init: idInit(fields[f].cardinality),
    })),
  );
  const codebooks = books.length > 0 ? { width, parts: books } : undefined;

  const told = hotIds(
    fields,
    fields.map(({ cardinality }, f) => (layout.whole[f] ? cardinality : layout.hot[f])),
    [...sorted],
  );
  const hotIdsOf = (f: number) => {
    const positions = hotIds([fields[f]], [layout.hot[f]], [sorted[f]]).positionsOf(
      idsFrom(0, fields[f].cardinality),
    );
    return Uint32Array.from(positions.keys()).filter((id) => positions[id] !== none);
  };
  // Where hot ids are the first ones, others are numbered from there.
  const firstCold = fields.map((_, f) => (sorted[f] ? layout.hot[f] : 0));
  const coldPositions = (f: number) =>
    layout.hot[f] === fields[f].cardinality ? 0 : fields[f].cardinality - firstCold[f];
  const hot = codeMap(
    coded.map((f) => layout.hot[f]),
    coded.map((f) => layout.codewords[f]),
    parts,
    codes?.hot,
  );
  const cold = codeMap(
    coded.map((f) => coldPositions(f)),
    coded.map((f) => layout.coldCodewords[f]),
    parts,
    codes?.cold,
  );

  const wholeOffsets = firstRows(wholeRows?.parts ?? []);
  const bookOffsets = firstRows(books);
  const spread = coded.flatMap((_, i) => Array.from({ length: parts }, () => i));
  const coldOffsets = coded.map((f) => firstCold[f]);
  const ends = coded.map((f) => fields[f].cardinality);
  const someHot = coded.some((f) => layout.hot[f] > 0);
  const allHot = coded.every((f) => layout.hot[f] === fields[f].cardinality);

  const positionsOf = (lookup: Lookup) => {
    if (allHot) return undefined;
    const parted = told.part(lookup);
    return { hot: parted.hot.pick(coded), cold: parted.cold.pick(coded).within(coldOffsets, ends) };
  };
  /** positions: [batch, coded fields] -> [batch, coded fields * parts, width], zeros where a position is `none`. */
  const vectorsAt = ({ rows }: Lookup, positions: Indices, { map, first }: CodeMap) => {
    const each = parts === 1 ? positions : positions.pick(spread);
    const chosen = map === undefined ? each.mod(1) : each.plus(first).through(map);
    return rows(codebooks!, chosen.plus(bookOffsets));
  };
  const decode = (lookup: Lookup) => {
    const ofAll = [lookup.ids.batch, coded.length, parts * width] as const;
    const places = positionsOf(lookup);
    if (places === undefined)
      return vectorsAt(lookup, lookup.ids.pick(coded), hot).reshape<Tensor3D>([...ofAll]);
    const colds = vectorsAt(lookup, places.cold, cold);
    const vectors = someHot ? colds.add(vectorsAt(lookup, places.hot, hot)) : colds;
    return vectors.reshape<Tensor3D>([...ofAll]);
  };
  const embed: CodedLayer['embed'] = (lookup, vectors) => {
    const rowsOfWhole = () => lookup.rows(wholeRows!, lookup.ids.pick(whole).plus(wholeOffsets));
    if (coded.length === 0) return rowsOfWhole();
    const padded = vectors ?? decode(lookup);
    const ofCoded = parts * width === dim ? padded : padded.slice([0, 0, 0], [-1, -1, dim]);
    if (whole.length === 0) return ofCoded;
    const groups = [
      { fields: whole, vectors: rowsOfWhole() },
      { fields: coded, vectors: ofCoded },
    ];
    return joinFields(groups, fields.length, dim);
  };
  const tables = [wholeRows, codebooks].flatMap((table) => table ?? []);
  // Where the others have codes too, all ids are.
  const toldApart = { byField: fields.map(({ cardinality }, f) => (layout.whole[f] || cold.map ? cardinality : layout.hot[f])) }; // prettier-ignore
  const maps = [...told.maps, ...[hot.map, cold.map].flatMap((map) => map ?? [])];
  return {
    layout,
    coded,
    wholeRows,
    codebooks,
    tables,
    maps,
    serving: { tables, toldApart, maps: maps.map(({ length, bits, holds }) => ({ length, bits, holds })) },
    plan: (choices) => ({ tables, maps, choices, toldApart, embed: (lookup) => embed(lookup) }),
    embed,
    positions: positionsOf,
    coldPositions,
    decode,
    hotIds: hotIdsOf,
    encode(choose) {
      const found = {
        hot: new Uint32Array(hot.map?.length ?? 0),
        cold: new Uint32Array(cold.map?.length ?? 0),
      };
      coded.forEach((field, i) => {
        const hots = hotIdsOf(field);
        const colds = idsFrom(firstCold[field], coldPositions(field));
        for (let part = 0; part < parts; part++) {
          const at = i * parts + part;
          if (hot.map !== undefined && hots.length > 0) {
            const choosing = { field, part, ids: hots, hot: true, codewords: layout.codewords[field] };
            found.hot.set(choose(choosing), hot.first[at]);
          }
          if (cold.map !== undefined && colds.length > 0) {
            const choosing = { field, part, ids: colds, hot: false, codewords: layout.coldCodewords[field] };
            found.cold.set(choose(choosing), cold.first[at]);
          }
        }
      });
      return found;
    },
  };
}

/** Codes of a group of ids. */
interface CodeMap {
  /** Absent where there is nothing to choose. */
  readonly map: IdMap | undefined;
  /** The first entry of every part of every field, [field][part]. */
  readonly first: readonly number[];
}

/** lengths, codewords: per coded field. */
function codeMap(
  lengths: readonly number[],
  codewords: readonly number[],
  parts: number,
  values: Uint32Array | undefined,
): CodeMap {
  const firsts = firstRows(lengths.map((rows) => ({ rows })));
  const length = lengths.reduce((sum, entries) => sum + entries, 0);
  const first = firsts.flatMap((entry) => Array.from({ length: parts }, (_, part) => part * length + entry));
  const most = Math.max(1, ...codewords.filter((_, i) => lengths[i] > 0));
  if (most === 1) return { map: undefined, first };
  const known = () => {
    if (values === undefined) throw new Error('these codes are not known yet');
    return values;
  };
  return { map: idMap(parts * length, bitsFor(most), known, 'codes'), first };
}

const idsFrom = (first: number, count: number) => Uint32Array.from({ length: count }, (_, i) => first + i);
