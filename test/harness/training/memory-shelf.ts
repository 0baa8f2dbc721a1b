import { deserialize, serialize } from 'node:v8';
import type { StageShelf } from '../../../harness/contract/stage-shelf.ts';

/** A shelf in memory. What is put there goes through a copy, as it would through a file. */
export class MemoryShelf implements StageShelf {
  readonly stages = new Map<string, { readonly facts: Buffer; readonly floats: Float32Array }>();
  /** The names that were asked for, in order. */
  readonly asked: string[] = [];
  given = 0;

  take: StageShelf['take'] = (name) => {
    this.asked.push(name);
    const stage = this.stages.get(name);
    if (stage === undefined)
      return Promise.resolve({
        type: 'missing',
        goesOn() {},
        giveUp() {},
        put: async (facts, floats, write) => {
          const all = new Float32Array(floats);
          let at = 0;
          await write({
            write(piece) {
              all.set(piece, at);
              at += piece.length;
            },
          });
          if (at !== floats) throw new Error(`${at} floats where ${floats} were promised`);
          this.stages.set(name, { facts: serialize(facts), floats: all });
        },
      });
    this.given++;
    let at = 0;
    return Promise.resolve({
      type: 'shelved',
      run: 'another',
      facts: deserialize(stage.facts) as unknown,
      read(into) {
        if (at + into.length > stage.floats.length) throw new Error('the stage ends before');
        into.set(stage.floats.subarray(at, at + into.length));
        at += into.length;
      },
      close() {
        if (at !== stage.floats.length) throw new Error(`${stage.floats.length - at} floats were not read`);
      },
    });
  };
}
