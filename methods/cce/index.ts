import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import type {
  Layer,
  Lookup,
  Method,
  Plan,
  Stage,
  StateOrigin,
  Table,
  Trained,
} from '../../harness/contract/method.ts';
import { deriveSeed } from '../../base/hash.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { solveCodes } from '../shared/codes/code-budget.ts';
import { fitCodebooks } from '../shared/clustering/codebooks.ts';
import { codedLayer, type CodedLayer, type CodeLayout, type Codes } from '../shared/codes/coded-layer.ts';
import { fieldVectors } from './field-vectors.ts';
import { residualMeans } from './residual-means.ts';
import { firstRows } from '../shared/rows/table-parts.ts';
import { keepOption } from '../shared/rows/keep-option.ts';

const options = z.strictObject({
  chunks: z.int().min(1).default(4).describe('chunks of a vector, each clustered for itself'),
  clusterings: z
    .int()
    .min(1)
    .max(10)
    .default(2)
    .describe('number of clusterings, evenly spaced over the epochs'),
  weighted: z.boolean().default(true).describe('an id counts as often as training has seen it'),
  residual: z
    .enum(['zeros', 'mean'])
    .optional()
    .describe(
      'rows that are added to those of clusters, after a clustering: zeros (also if not given), or the mean of what the clusters leave of the ids that are hashed to them',
    ),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const cce: Method<Options> = {
  name: 'cce',
  aliases: ['clustered-compositional'],
  title: 'Clustered compositional embeddings',
  idea: 'two hashed rows at first; vectors are clustered now and then, and an id then has the row of its cluster and a row by a new hash',
  formula: 'E(i) = per chunk t: Cₜ[cₜ(i)] + Rₜ[hₜ(i)], cₜ by k-means of the chunk',
  paper: {
    cite: 'Tsang and Ahle, Clustering the Sketch: Dynamic Compression for Embedding Tables, NeurIPS 2023',
    url: 'https://arxiv.org/abs/2210.05974',
  },
  departures: [
    {
      what: 'the second table starts with zeros after a clustering',
      why: "a cluster's ids start alike then; the authors start it with the mean of what the clusters leave, which is residual=mean; its effect on AUC is +0.0007 ± 0.0049 at 16x, +0.0006 ± 0.0022 at 64x on planted clicks; −0.0005 ± 0.0021 at 16x, −0.0006 ± 0.0016 at 64x on the Criteo sample",
    },
    {
      what: 'two clusterings divide one epoch',
      why: 'the authors cluster after epochs of a training of several, and one epoch is the protocol here',
    },
    {
      what: 'k-means counts an id as often as training has seen it',
      why: "error counts by lookup; weighted=false is the authors' way; its effect on AUC is −0.0012 ± 0.0025 at 16x, −0.0007 ± 0.0013 at 64x on planted clicks; +0.0005 ± 0.0019 at 16x, −0.0008 ± 0.0031 at 64x on the Criteo sample",
    },
    {
      what: 'the new hash is drawn once for a clustering',
      why: "the authors' loop draws it anew for every batch of ids, which spoils the vectors of batches before",
    },
    {
      what: 'the optimizer state of clusters and of the second table starts anew at a clustering',
      why: 'the rows are new, and the authors keep the moments of rows of another meaning; the network keeps its state',
    },
    {
      what: 'the clusters of ids are stored and counted, and ids that the budget does not reach share one',
      why: "the authors' parameter counts leave the map out, 4.5 bytes for an id at 512 rows and 4 chunks",
    },
  ],
  family: 'hashing and sharing',
  cost: 'upkeep',
  options,
  /**
   * Every clustering ends a stage; the stages together are one training, and the network continues. The clusters of ids are
   * stored and counted, which the authors' numbers of parameters leave out.
   */
  plan(layer, options) {
    // A second table, as large as the codebooks, is added to them.
    const { chunks, keep } = options;
    const grid = { parts: [Math.min(chunks, layer.dim)], codewords: rowNumbers, keep, beside: 1 };
    const layout = solveCodes(layer, grid);
    if ('smallestBytes' in layout)
      return infeasible(layout.smallestBytes, layer.budget, 'two rows per field');
    const served = codedLayer(layer, layout);
    const choices = { rows: layout.codewords, clustered: layout.hot };
    if (served.codebooks === undefined) return served.plan(choices);
    const { residual } = tablesOf(served, true);
    const serving = { ...served.serving, tables: [...served.serving.tables, residual] };
    return { ...stagePlan(layer, layout, options, 0), serving };
  },
};

const rowNumbers = Array.from({ length: 16 }, (_, i) => 2 ** (i + 1));

/**
 * The plan of a stage. Before the first clustering both rows are hashed, afterwards the first is that of the cluster, and
 * the hash of the second is another one after every clustering, drawn once for all ids.
 */
function stagePlan(layer: Layer, layout: CodeLayout, options: Options, stage: number, codes?: Codes): Plan {
  const served = codedLayer(layer, layout, codes && { codes });
  const tables = tablesOf(served, codes !== undefined);
  const rowOf = (table: Table, which: string) =>
    hashedRows(served, table, deriveSeed(layer.seed, 'cce', which, stage));
  const first =
    codes === undefined ? rowOf(tables.clusters, 'first') : (lookup: Lookup) => served.decode(lookup);
  const second = hashedRows(served, tables.residual, secondSeed(layer, stage));
  const last = stage === options.clusterings;
  return {
    tables: [...served.uncompressed.tables, tables.clusters, tables.residual],
    maps: codes === undefined ? [] : served.maps,
    toldApart: served.serving.toldApart!,
    choices: { rows: layout.codewords, clustered: layout.hot },
    training: {
      name: stage === 0 ? 'hashed' : `clustered ${stage} of ${options.clusterings}`,
      share: 1 / (options.clusterings + 1),
      ...(stage > 0 && { continues: true }),
    },
    embed: (lookup) => served.embed(lookup, tf.add<tf.Tensor3D>(first(lookup), second(lookup))),
    ...(!last && {
      next: async (trained: Trained): Promise<Stage> => {
        const vectors = await fieldVectors(trained, layer, served.coded);
        const seeded = { ...layer, seed: deriveSeed(layer.seed, 'cce', 'clusters', stage) };
        const { books, codes } = fitCodebooks(seeded, served, (f) => vectors.get(f)!, options.weighted);
        const plan = stagePlan(layer, layout, options, stage + 1, codes);
        const [clusters, residual] = plan.tables.slice(-2);
        const rest = () => residualMeans(layer, served, { vectorsOf: (f) => vectors.get(f)!, books, seed: secondSeed(layer, stage + 1), weighted: options.weighted }); // prettier-ignore
        const contents = new Map([
          [clusters, books],
          [residual, options.residual === 'mean' ? rest() : new Float32Array(books.length)],
        ]);
        // Clusters and what is added to them are new rows. Rows of uncompressed fields are the same.
        const states = new Map<Table, StateOrigin>();
        for (const of of served.uncompressed.tables) {
          contents.set(plan.tables[0], await trained.rows(of));
          states.set(plan.tables[0], { of });
        }
        return { plan, contents, network: 'kept', states };
      },
    }),
  };
}

/** Seed of the hashes to the second row, in a stage. */
const secondSeed = (layer: Layer, stage: number) => deriveSeed(layer.seed, 'cce', 'second', stage);

interface Tables {
  readonly clusters: Table;
  /** Hashed rows, as many as clusters. */
  readonly residual: Table;
}

function tablesOf({ codebooks }: CodedLayer, clustered: boolean): Tables {
  const { width, parts } = codebooks!;
  // Two rows are added, so each has half of the variance.
  const halved = parts.map(({ rows, init }) => ({
    rows,
    init: { ...init, halfWidth: init.halfWidth / Math.SQRT2 },
  }));
  return {
    clusters: clustered ? codebooks! : { width, parts: halved },
    residual: { width, parts: halved },
  };
}

/** A hashed row for each part of each coded field: [batch, coded fields, parts * width]. */
function hashedRows({ coded, layout: { parts } }: CodedLayer, table: Table, seed: number) {
  const columns = coded.flatMap((f) => Array.from({ length: parts }, () => f));
  const seeds = columns.map((_, column) => deriveSeed(seed, column));
  const rows = table.parts.map((part) => part.rows);
  const offsets = firstRows(table.parts);
  return (lookup: Lookup): tf.Tensor3D => {
    const places = lookup.ids.pick(columns).hash(seeds).mod(rows).plus(offsets);
    return tf.reshape(lookup.rows(table, places), [places.batch, coded.length, parts * table.width]);
  };
}
