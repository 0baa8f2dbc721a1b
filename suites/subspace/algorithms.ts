import { symmetricEigen } from '../../methods/shared/subspace/jacobi.ts';
import { momentsOf } from '../../methods/shared/low-rank/principal-axes.ts';
import { embedSubspace, type Subspace, subspaceOf } from '../../methods/shared/subspace/embedding.ts';
import { streamedFactor } from '../../methods/shared/subspace/householder.ts';
import { leverageScores } from '../../methods/shared/subspace/leverage-scores.ts';
import { rowsOfArray } from '../../methods/shared/subspace/streamed-rows.ts';

/** A table, [rows, width], and how many rows sketches of it have. */
export interface Asked {
  readonly floats: Float32Array;
  readonly width: number;
  readonly size: number;
}

export interface Found {
  /** Singular values of the table, largest first. */
  readonly values: Float64Array;
  /** Scores of every row, where asked for. */
  readonly scores?: Float32Array;
}

const byGram = ({ floats, width }: Asked) => {
  const { values, vectors } = symmetricEigen(momentsOf(floats, width, { centred: false }).gram, width);
  return { roots: values.map((x) => Math.sqrt(Math.max(0, x * (floats.length / width)))), axes: vectors };
};

const bySketch = (kind: 'count' | 'srht', { floats, width, size }: Asked): Subspace =>
  subspaceOf(embedSubspace(rowsOfArray(floats, width), { kind, size, seed: 1 }));

const scored = ({ floats, width }: Asked, subspace: Subspace, projections?: number): Found => ({
  values: subspace.values,
  scores: leverageScores(
    rowsOfArray(floats, width),
    subspace,
    projections === undefined ? {} : { projections },
  ),
});

/** Algorithms that find the axes of a table, or score its rows by leverage. */
export const algorithms = {
  'axes, Gram matrix': (asked: Asked): Found => ({ values: byGram(asked).roots }),
  'axes, exact SVD': ({ floats, width }: Asked): Found =>
    subspaceOf(streamedFactor(rowsOfArray(floats, width))),
  'axes, CountSketch': (asked: Asked): Found => bySketch('count', asked),
  'axes, block SRHT': (asked: Asked): Found => bySketch('srht', asked),
  'leverage, Gram matrix': (asked: Asked): Found => {
    const { roots: values, axes } = byGram(asked);
    const whitening = axes.map((x, at) => x / values[Math.floor(at / asked.width)]);
    return scored(asked, { rank: asked.width, values, axes, whitening });
  },
  'leverage, exact SVD': (asked: Asked): Found =>
    scored(asked, subspaceOf(streamedFactor(rowsOfArray(asked.floats, asked.width)))),
  'leverage, CountSketch': (asked: Asked): Found => scored(asked, bySketch('count', asked)),
  'leverage, CountSketch, 8 directions': (asked: Asked): Found => scored(asked, bySketch('count', asked), 8),
} satisfies Record<string, (asked: Asked) => Found>;

export type Algorithm = keyof typeof algorithms;
