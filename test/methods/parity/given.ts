import { deriveSeed } from '../../../base/hash.ts';
import { random } from '../../../base/random.ts';
import type { Plan } from '../../../harness/contract/method.ts';
import { HostIndices } from '../../../harness/embedding/host-indices.ts';
import { encode, encodingSeeds } from '../../../methods/deep-hash/hash-encodings.ts';
import { drawWidths } from '../../../methods/opt-embed/row-mask.ts';
import { hashedSigns, hashSeeds } from '../../../methods/shared/rows/hashed-rows.ts';
import { equalGroups } from '../../../methods/mixed-precision-embeddings/equal-groups.ts';
import { type Case, layerOf } from './question.ts';

/** Numbers beside rows that a method makes of ids by its own hashes, and that reference code is given in place of its own. */
export type Given = Readonly<Record<string, readonly number[] | undefined>>;

type Maker = (one: Case, ids: readonly number[], choices: Plan['choices'], plan: Plan) => Given;

const seed = 1;

/** [batch, fields * lookups] */
const signsOf =
  (method: string, lookupsOf: (one: Case) => number): Maker =>
  (one, ids) => {
    if (one.options.signs !== true) return {};
    const fields = one.cardinalities.length;
    const columns = { fields, lookups: lookupsOf(one), seed: hashSeeds(seed, method, 'signs') };
    const indices = new HostIndices(Uint32Array.from(ids), ids.length / fields, fields);
    return { signs: [...hashedSigns(columns)(indices).dataSync()] };
  };

const makers: Readonly<Record<string, Maker>> = {
  bloom: signsOf('bloom', ({ options }) => options.hashes as number),
  'hashed-nets': signsOf('hashed-nets', ({ dim }) => dim),
  robe: signsOf('robe', ({ options, dim }) => Math.ceil(dim / (options.block as number))),
  /** [batch * coded fields, hashes] */
  'deep-hash': ({ cardinalities }, ids, choices) => {
    const fields = cardinalities.length;
    const whole = choices.whole as readonly string[];
    const coded = cardinalities.flatMap((_, f) => (whole.includes(`C${f + 1}`) ? [] : [f]));
    const indices = new HostIndices(Uint32Array.from(ids), ids.length / fields, fields).pick(coded);
    const seeds = encodingSeeds(coded, choices.hashes as number, seed);
    return { coded, encodings: [...encode(indices, seeds, 'uniform').dataSync()] };
  },
  /** Widths drawn for a training step, [batch, fields]. */
  'opt-embed': ({ cardinalities, dim, training }, ids) => {
    if (training === undefined) return {};
    const fields = cardinalities.length;
    const counter = Float64Array.from([training.index]);
    return { widths: [...drawWidths({ fields, dim, seed }, ids.length / fields, { counter }).dataSync()] };
  },
  /** Noise and temperature of a training step. */
  'auto-dim': ({ cardinalities, training }, _ids, choices) => {
    if (training === undefined) return {};
    const stream = random(deriveSeed(seed, 'auto-dim', training.index));
    const noise = Array.from({ length: cardinalities.length * (choices.candidates as number[]).length }, () =>
      Math.fround(-Math.log(-Math.log(stream.uniform() + 2 ** -25))),
    );
    return { noise, temperature: [1 - training.index / training.steps] };
  },
  /** Initial range of every part of the table. */
  cerp: (_, _ids, _choices, plan) => ({ ranges: plan.tables[0].parts.map(({ init }) => init.halfWidth) }),
  /** Group of every id, and training look-ups of each group. */
  'mixed-precision-embeddings': (one, _ids, choices, plan) => ({
    groups: [...plan.maps![0].values],
    lookUps: equalGroups(layerOf(one).fields, choices.groups as number).lookUps,
  }),
  /** Group of every id. */
  'auto-srh': (_, _ids, _choices, plan) => ({ groups: [...plan.maps![0].values] }),
};

export const givenFor: Maker = (one, ...rest) =>
  one.stage === undefined ? (makers[one.method]?.(one, ...rest) ?? {}) : {};
