import { bitsFor, idMap, type IdMap, type Indices } from '../../../harness/contract/indices.ts';
import { offsetsOf } from '../rows/table-parts.ts';
import { sum } from '../../../base/sum.ts';

/** Codes of one tier of ids. Fields whose codes have as many bits share a map: [part][field][position]. */
export interface CodeMaps {
  /** Maps by bits, the fewest first. */
  readonly maps: readonly IdMap[];
  /** Entries of all maps together. */
  readonly length: number;
  /** First code of each part of each coded field, [field][part], counted through all maps. */
  readonly first: readonly (number | undefined)[]; // undefined if there is nothing to choose
  /** Positions, [batch, coded fields * parts], as the codes that are stored at them. */
  readonly codesAt: (positions: Indices) => Indices;
  /** The map of each part of each coded field, and where its codes start there. */
  readonly columns: readonly { readonly map?: IdMap; readonly start: number }[];
}

/** lengths, codewords: per coded field. `values`: of all maps, one after the other; absent if sizes are asked for. */
export function codeMaps(
  lengths: readonly number[],
  codewords: readonly number[],
  parts: number,
  values: Uint32Array | undefined,
): CodeMaps {
  const bits = codewords.map((count, i) => (count > 1 && lengths[i] > 0 ? bitsFor(count) : 0));
  const first: (number | undefined)[] = Array.from({ length: parts * lengths.length }, () => undefined);
  const groups: Group[] = [];
  let length = 0;
  for (const own of [...new Set(bits)].filter((own) => own > 0).sort((a, b) => a - b)) {
    const here = bits.map((other) => other === own);
    const starts = offsetsOf(lengths.map((count, i) => (here[i] ? count : 0)));
    const ids = sum(lengths.map((count, i) => (here[i] ? count : 0)));
    const from = length;
    length += parts * ids;
    const places = starts.flatMap((start) => Array.from({ length: parts }, (_, part) => part * ids + start));
    const columns = here.flatMap((one) => Array.from({ length: parts }, () => one));
    columns.forEach((one, column) => one && (first[column] = from + places[column]));
    const known = () => {
      if (values === undefined) throw new Error('these codes are not known yet');
      return values.subarray(from, from + parts * ids);
    };
    groups.push({ map: idMap(parts * ids, own, known, 'codes'), places, columns });
  }
  const spread = lengths.flatMap((count) => Array.from({ length: parts }, () => count));
  const ends = groups.map(({ columns }) => spread.map((count, column) => (columns[column] ? count : 0)));
  return {
    maps: groups.map(({ map }) => map),
    length,
    first,
    columns: spread.map((_, column) => {
      const group = groups.find(({ columns }) => columns[column]);
      return group ? { map: group.map, start: group.places[column] } : { start: 0 };
    }),
    codesAt(positions) {
      if (groups.length === 1 && groups[0].columns.every(Boolean))
        return positions.plus(groups[0].places).through(groups[0].map);
      return groups.reduce(
        (codes, { map, places, columns }, group) =>
          positions.within(0, ends[group]).plus(places).through(map).orElse(columns, codes),
        positions.mod(1),
      );
    },
  };
}

interface Group {
  readonly map: IdMap;
  readonly places: readonly number[];
  readonly columns: readonly boolean[];
}
