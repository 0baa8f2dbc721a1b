import * as tf from '../../../tensors/index.ts';

/**
 * Vectors that are replaced by codewords while they learn (Chen et al., ICML 2020). Groups are the parts of all coded
 * fields; queries are [groups, batch, width], codebooks [groups, codewords, width].
 */

/** Rows of a codebook per group by their numbers [groups, batch]: [groups, batch, width]. Not differentiable. */
export function take(codebooks: tf.Tensor3D, codes: tf.Tensor2D): tf.Tensor3D {
  const [groups, codewords, width] = codebooks.shape;
  const rows = tf.add(codes, tf.expandDims(tf.range(0, groups * codewords, codewords, 'int32'), 1));
  return tf.gather<tf.Tensor>(tf.reshape(codebooks, [groups * codewords, width]), rows) as tf.Tensor3D;
}

/** Sums of the values that are put into each codeword: values [groups, batch, width] -> [groups, codewords, width]. */
export function sumByCode(values: tf.Tensor3D, codes: tf.Tensor2D, codewords: number): tf.Tensor3D {
  const [groups, batch, width] = values.shape;
  if (tf.getKernel('UnsortedSegmentSum', tf.getBackend()) === undefined)
    return tf.matMul<tf.Tensor3D>(tf.oneHot(codes, codewords), values, true, false);
  const rows = tf.add(codes, tf.expandDims(tf.range(0, groups * codewords, codewords, 'int32'), 1));
  const flat = tf.reshape(values, [groups * batch, width]);
  return tf.reshape(tf.unsortedSegmentSum(flat, tf.reshape(rows, [-1]), groups * codewords), [
    groups,
    codewords,
    width,
  ]);
}

/** Computed without being differentiated. */
export function constant<T extends tf.Tensor>(compute: () => T): T {
  const nothing = () => [] as tf.Tensor[];
  return tf.customGrad(() => ({ value: compute(), gradFunc: nothing }))();
}

/** The codewords chosen, in place of queries: these get the gradient as if nothing had been put in their place. */
export function straightThrough(
  queries: tf.Tensor3D,
  codebooks: tf.Tensor3D,
  codes: tf.Tensor2D,
): tf.Tensor3D {
  const replace = tf.customGrad(() => ({ value: take(codebooks, codes), gradFunc: (dy: tf.Tensor) => dy }));
  return replace(queries) as tf.Tensor3D;
}

/**
 * The loss that draws codewords to the queries that chose them: the squared distance of a sample's queries, all groups together,
 * mean over the batch. Queries are not drawn.
 */
export function distortion(queries: tf.Tensor3D, codebooks: tf.Tensor3D, codes: tf.Tensor2D): tf.Scalar {
  const [, batch] = queries.shape;
  const [, codewords] = codebooks.shape;
  const distance = tf.customGrad((codebooks, save) => {
    const difference = tf.sub(take(codebooks as tf.Tensor3D, codes), queries);
    (save as tf.GradSaveFunc)([difference, codes]);
    return {
      value: tf.div(tf.sum(tf.square(difference)), batch),
      gradFunc: (dy: tf.Tensor, [difference, codes]: tf.Tensor[]) =>
        tf.mul(sumByCode(difference as tf.Tensor3D, codes as tf.Tensor2D, codewords), tf.mul(dy, 2 / batch)),
    };
  });
  return distance(codebooks) as tf.Scalar;
}

export interface SoftChoice {
  readonly queries: tf.Tensor3D;
  readonly keys: tf.Tensor3D;
  readonly codebooks: tf.Tensor3D;
  readonly codes: tf.Tensor2D;
  /** Added to the products of queries and keys, [groups, 1, codewords]: what may not be chosen. */
  readonly barred: tf.Tensor3D;
  readonly temperature: number;
  /** 0 for queries that have no choice, 1 for others: [groups, batch, 1]. */
  readonly hot: tf.Tensor3D | undefined;
}

/** The codewords chosen; queries and keys get the gradient of a mixture by softmax(q k / temperature) in their place. */
export function softChoice({ codes, barred, temperature, hot, ...choice }: SoftChoice): tf.Tensor3D {
  const choose = tf.customGrad((...inputs) => {
    const [queries, keys, codebooks] = inputs as tf.Tensor3D[];
    const save = inputs[3] as unknown as tf.GradSaveFunc;
    save([queries, keys, codebooks, codes, barred, ...(hot ? [hot] : [])]);
    return {
      value: take(codebooks, codes),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [queries, keys, codebooks, codes, barred] = saved as tf.Tensor3D[];
        const hot = saved.at(5);
        const products = tf.div(tf.matMul(queries, keys, false, true), temperature);
        const soft = tf.softmax(tf.add(products, barred));
        const ofSoft = tf.matMul(dy, codebooks, false, true);
        const mean = tf.sum(tf.mul(soft, ofSoft), 2, true);
        const slope = tf.div(tf.mul(soft, tf.sub(ofSoft, mean)), temperature);
        const ofProducts = hot === undefined ? slope : tf.mul(slope, hot);
        return [
          tf.matMul(ofProducts, keys),
          tf.matMul(ofProducts, queries, true, false),
          sumByCode(dy as tf.Tensor3D, codes as unknown as tf.Tensor2D, codebooks.shape[1]),
        ];
      },
    };
  });
  return choose(choice.queries, choice.keys, choice.codebooks);
}

/** Codes of any number of queries, chosen in this process as in training: [queries], ties to the first codeword. */
export function bestCodes(
  queries: Float32Array,
  codebook: Float32Array,
  width: number,
  form: 'vq' | 'sx',
): Uint32Array {
  const codewords = codebook.length / width;
  const halfNorms = new Float64Array(codewords);
  if (form === 'vq') codebook.forEach((x, at) => (halfNorms[Math.floor(at / width)] += (x * x) / 2));
  const codes = new Uint32Array(queries.length / width);
  for (let row = 0; row < codes.length; row++) {
    let best = -Infinity;
    for (let code = 0, at = 0; code < codewords; code++) {
      let score = -halfNorms[code];
      for (let k = 0; k < width; k++) score += queries[row * width + k] * codebook[at++];
      if (score > best) {
        best = score;
        codes[row] = code;
      }
    }
  }
  return codes;
}
