import * as tf from '../../tensors/index.ts';
import { type JoinedGroup, type JoinedRows, none } from '../../harness/contract/backend.ts';
import { type IdMap, valuesOf } from '../../harness/contract/indices.ts';
import type { RowCodes } from '../../harness/contract/method.ts';
import { type StoredSource, storedSource } from './stored-rows.ts';
import type { TableHandle } from './addon.ts';
import type { NativeBackend } from './backend.ts';

/** Codes of which the first map has some number among all maps of a call. */
interface Numbered {
  readonly words: Uint32Array;
  readonly own: readonly IdMap[];
}

/** Rows looked up and put together by one call of the add-on. */
export function nativeJoinedRows(backend: NativeBackend): JoinedRows {
  const { addon } = backend;
  const members = new WeakMap<readonly number[], Uint32Array>();
  const fieldsOf = (fields: readonly number[]) => {
    let array = members.get(fields);
    if (array === undefined) members.set(fields, (array = Uint32Array.from(fields)));
    return array;
  };
  const known = new WeakMap<object, Map<number, Numbered>>();
  /** Codes with the numbers of their maps among `maps`, to which theirs are added. */
  const codesOf = ({ pieces }: RowCodes, maps: Uint32Array[]) => {
    let byFirst = known.get(pieces);
    if (byFirst === undefined) known.set(pieces, (byFirst = new Map<number, Numbered>()));
    let found = byFirst.get(maps.length);
    if (found === undefined) {
      const own = [...new Set(pieces.flatMap(({ map }) => map ?? []))];
      const wordsOf = ({ map, start, offset }: (typeof pieces)[number]) => [
        map ? maps.length + own.indexOf(map) : none,
        start,
        offset,
      ];
      byFirst.set(maps.length, (found = { words: Uint32Array.from(pieces.flatMap(wordsOf)), own }));
    }
    for (const { values } of found.own) maps.push(values);
    return found.words;
  };
  const partsOf = (group: JoinedGroup, maps: Uint32Array[]) => {
    const { source, indices, vectors, matrices, fields } = group;
    const codes = isStored(source) ? undefined : group.codes;
    const asked = codes?.positions ?? indices;
    return [
      vectors ? backend.floats(vectors) : isStored(source) ? source.bytes : source,
      asked && valuesOf(asked),
      fieldsOf(fields),
      matrices && backend.floats(matrices),
      codes && codesOf(codes, maps),
    ];
  };
  const sizesOf = ({ source, width, pieces }: JoinedGroup) => [
    ...[width, pieces],
    ...(isStored(source) ? source.form : [0, 0, 0, 0, 0, 0, 0]),
  ];
  return {
    stored: storedSource,
    join(groups, [batch, fields, dim]) {
      const y = backend.output([batch, fields, dim], 'float32');
      const sizes = Float64Array.from(groups.flatMap(sizesOf));
      const maps: Uint32Array[] = [];
      const parts = groups.flatMap((group) => partsOf(group, maps));
      addon.joinRows(parts, sizes, y.values, batch, fields, dim, maps);
      return tf.engine().makeTensorFromTensorInfo(y) as tf.Tensor3D;
    },
    gradRows({ indices: asked, width, pieces, matrices, fields: of }, dy) {
      const [batch, fields, dim] = dy.shape;
      const indices = valuesOf(asked!);
      const dx = backend.output([indices.length, width], 'float32');
      addon.joinRowsGradRows(
        ...([backend.floats(dy), matrices && backend.floats(matrices), indices, dx.values] as const),
        ...([fieldsOf(of), batch, width, pieces, fields, dim] as const),
      );
      return tf.engine().makeTensorFromTensorInfo(dx) as tf.Tensor2D;
    },
    gradMatrices({ source, indices, width, fields: of }, dy) {
      const [batch, fields, dim] = dy.shape;
      const dMatrices = backend.output([of.length, width, dim], 'float32');
      addon.joinRowsGradMatrices(
        ...([source as TableHandle, valuesOf(indices!), backend.floats(dy), dMatrices.values] as const),
        ...([fieldsOf(of), batch, fields, dim] as const),
      );
      return tf.engine().makeTensorFromTensorInfo(dMatrices) as tf.Tensor3D;
    },
  };
}

const isStored = (source: unknown): source is StoredSource =>
  typeof source === 'object' && source !== null && 'bytes' in source;
