import type { IndexLoops } from '../../harness/contract/backend.ts';
import type { Addon } from './addon.ts';
import type { NativeBackend } from './backend.ts';

type Steps = Pick<NativeBackend, 'made' | 'note'>;

/** Index arithmetic by the add-on's threads. `steps`: who records them, if anyone does. */
export function nativeIndexLoops(addon: Addon, steps?: Steps): IndexLoops {
  const into = (length: number, write: (out: Uint32Array) => void) => {
    const out = new Uint32Array(length);
    steps?.made(out);
    write(out);
    return out;
  };
  return {
    apply: (operation, values, operands) =>
      into(values.length, (out) => addon.applyToIndices(operation, values, operands, out)),
    within: (values, from, to) => into(values.length, (out) => addon.indicesWithin(values, from, to, out)),
    pick: (values, fields, columns) =>
      into((values.length / fields) * columns.length, (out) =>
        addon.pickColumns(values, fields, columns, out),
      ),
    choose: (here, values, others) =>
      into(values.length, (out) => addon.chooseIndices(Uint32Array.from(here), values, others, out)),
    through: (values, map) => into(values.length, (out) => addon.indicesThrough(values, map, out)),
    evaluate: (values, fields, { words, maps }, [batch, columns]) =>
      into(batch * columns, (out) => addon.evaluateIndices(values, fields, words, maps, columns, out)),
    ...(steps && {
      compute(loop, ids, code) {
        const out = steps.made(loop(ids));
        steps.note(computeAgain, [loop, code] as const, ids, out);
        return out;
      },
    }),
  };
}

/** A loop, and its code, by which it is compared. */
type Loop = readonly [loop: (ids: Uint32Array) => Uint32Array, code: string];

function computeAgain([loop]: Loop, ids: Uint32Array, out: Uint32Array): void {
  out.set(loop(ids));
}
