import { formulas, penalties, type Trial } from './formulas.ts';
import { ask, type Case } from './question.ts';
import type { Answer } from './embedding-parity.ts';

/** Distance of the two places that a derivative is taken from: errors of 1e-11 for what is linear in each float. */
const nudge = 1e-5;

/** The answer of a formula of ours, with derivatives by differences in doubles. */
export async function answerOf(one: Case): Promise<Answer> {
  const question = await ask(one);
  const [formula, penalty] = [formulas[one.method], penalties[one.method]];
  const scaled = (values: readonly number[]) => Float64Array.from(values, (x) => x * question.unit);
  const trial: Trial = {
    question,
    tables: question.tables.map(({ values }) => scaled(values)),
    weights: question.weights.map(({ values }) => scaled(values)),
  };
  const fields = question.cardinalities.length;
  const batch = question.ids.length / fields;
  const vectorsNow = () =>
    Array.from({ length: batch }, (_, sample) =>
      question.cardinalities.map((_, field) =>
        formula(trial, { id: question.ids[sample * fields + field], field, sample }),
      ),
    );
  const lossOf = (vectors: readonly number[][][]) =>
    vectors.flat(2).reduce((sum, x, i) => sum + (x * question.slopes[i]) / 256, 0) +
    (question.training && question.stage === undefined && penalty ? penalty(trial, vectors) : 0);
  const derivatives = (floats: Float64Array) =>
    Array.from(floats, (value, i) => {
      const at = (place: number) => {
        floats[i] = place;
        return lossOf(vectorsNow());
      };
      const slope = (at(value + nudge) - at(value - nudge)) / (2 * nudge);
      floats[i] = value;
      return slope;
    });
  const vectors = vectorsNow();
  return {
    question,
    vectors: vectors.flat(2),
    loss: lossOf(vectors),
    tableGradients: trial.tables.map(derivatives),
    weightGradients: trial.weights.map(derivatives),
  };
}
