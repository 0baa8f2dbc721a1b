import * as tf from '../../../tensors/index.ts';
import type { Layer, Lookup, Plan, Stage, Table } from '../../../harness/contract/method.ts';
import { closeness, nearestCodewords } from '../../../harness/ops/nearest-codewords.ts';
import { bestByScores, type BestOf, codebookWeights } from './codebook-weights.ts';
import { bestCodes, constant, distortion, softChoice, straightThrough } from './codeword-choice.ts';
import { type Choosing, codedLayer, type CodeLayout } from '../codes/coded-layer.ts';
import { normalizedCodes, normalizedScores, scoreStatistics } from './normalized-scores.ts';
import { queryRows } from './queries.ts';
import { idInit } from '../rows/table-parts.ts';

export interface LearnedCodes {
  /** vq: the nearest codeword takes a query's place. sx: the codeword whose key has the largest product with it. */
  readonly form: 'vq' | 'sx';
  /** Temperature of the softmax that gives sx its gradient. */
  readonly temperature: number;
  /** Codewords are chosen by distances that are normalized over the batch, as in the paper; with vq. */
  readonly normalize?: boolean;
  readonly choices: Plan['choices'];
}

/**
 * Codes that are learned with the rest (DPQ, Chen et al., ICML 2020): an id has a query as wide as its vector, and part
 * by part a codeword takes the query's place before the network sees it. Once trained, every id has the codes that its
 * query chooses, and queries are forgotten.
 *
 * The paper's batch normalization of distances is left out unless it is asked for: its statistics choose codes in training, and those
 * that are stored are then chosen by statistics of all ids.
 */
export function learnedCodes(
  layer: Layer,
  layout: CodeLayout,
  { form, temperature, normalize = false, choices }: LearnedCodes,
): Plan {
  const planned = codedLayer(layer, layout);
  const { coded, uncompressed } = planned;
  if (coded.length === 0) return planned.plan(choices);
  const initOf = (f: number) => idInit(layer.fields[f].cardinality);
  // A shared codeword of sx is trained by the network, without a query.
  const asking = queryRows(planned, initOf, form === 'vq');
  const books = codebookWeights(layer, planned, form === 'sx');

  /** [batch, coded fields, parts * width] */
  const vectorsOf = (lookup: Lookup) => {
    const { queries, tiers } = asking.ask(lookup);
    const codebooks = books.codebooks(lookup);
    const keys = books.keys(lookup);
    const best = (): BestOf => {
      if (keys) return bestByScores(tf.matMul<tf.Tensor3D>(queries, keys, false, true));
      const normal = normalize && lookup.training !== undefined;
      if (normal) return bestByScores(normalizedScores(closeness(queries, codebooks), queries, tiers));
      return (counts) => nearestCodewords(queries, codebooks, counts);
    };
    const codes = constant(() => books.choose(best(), tiers));
    if (keys === undefined && lookup.training) lookup.penalize(distortion(queries, codebooks, codes));
    const chosen = keys
      ? softChoice({ queries, keys, codebooks, codes, temperature, barred: books.barred(), hot: tiers?.hot })
      : straightThrough(queries, codebooks, codes);
    return tf.reshape<tf.Rank.R3>(tf.transpose(chosen, [1, 0, 2]), [lookup.ids.batch, coded.length, -1]);
  };

  return {
    tables: [...uncompressed.tables, ...asking.tables],
    weights: books.weights,
    choices,
    serving: planned.serving,
    embed: (lookup) => planned.embed(lookup, vectorsOf(lookup)),
    async next(trained): Promise<Stage> {
      const rows = await trained.rows(asking.table);
      const found = await books.after(trained);
      const { width } = layout;
      const statisticsOf = ({ field, part }: Pick<Choosing, 'field' | 'part'>) => {
        const { hot, warm } = planned.idsOf(field);
        const of = (ids: Uint32Array, isHot: boolean) => ({
          queries: asking.rowsOf(rows, { field, part, ids, hot: isHot, codewords: 0 }),
          weights: Array.from(ids, (id) => layer.fields[field].counts[id]),
        });
        const all = { field, part, ids: hot, hot: true, codewords: layout.codewords[field] };
        return scoreStatistics([of(hot, true), of(warm, false)], found.searched(all), width);
      };
      const codes = planned.encode((choosing) => {
        const [queries, codebook] = [asking.rowsOf(rows, choosing), found.searched(choosing)];
        return normalize
          ? normalizedCodes(queries, codebook, width, statisticsOf(choosing))
          : bestCodes(queries, codebook, width, form);
      });
      const served = codedLayer(layer, layout, { codes });
      const contents = new Map<Table, Float32Array>([[served.codebooks!, found.books]]);
      for (const table of served.uncompressed.tables)
        contents.set(table, await trained.rows(uncompressed.tables[0]));
      return { plan: { ...served.plan(choices), training: { share: 0 } }, contents, network: 'kept' };
    },
  };
}
