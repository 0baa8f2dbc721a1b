import * as tf from '../../tensors/index.ts';
import type { ActivationBits } from '../contract/activations.ts';
import { kernelOr } from './kernel.ts';

/** A layer's input, [batch, columns], in codes of a few bits. */
export interface PackedActivations {
  readonly words: tf.Tensor2D; // int32, [batch, ceil(columns / (32 / bits))]
  /** The largest of the batch, without its sign: []. */
  readonly scale: tf.Scalar;
  readonly form: PackedForm;
}

/**
 * `signed`: numbers of any sign, in `levels` = 2^(bits - 1) - 1 steps to either side of a code for 0. Otherwise outputs of
 * ReLU, in `levels` = 2^bits - 1 steps: the code 0 is for 0 and for nothing else, so that codes are the exact mask too.
 */
export interface PackedForm {
  readonly bits: ActivationBits;
  readonly signed: boolean;
  readonly columns: number;
}

const levelsOf = ({ bits, signed }: PackedForm) => (signed ? 2 ** (bits - 1) : 2 ** bits) - 1;
const greatestFloat = (2 - 2 ** -23) * 2 ** 127;

/**
 * The quantizer of Chakrabarti and Moseley (Backprop with Approximate Activations for Memory-efficient Network Training,
 * NeurIPS 2019) without batch normalization: a scale for each layer and batch, restored to the middle of a step (`signed`:
 * rounded to the nearest). The paper covers 3 standard deviations and clips what is beyond; here the scale is the largest
 * number, so that nothing is clipped and every number is off by half a step at most, step = scale / levels. A gradient
 * x^T dz is then off by at most (step / 2) * the sum of |dz| over the batch, in every place. (Apart from float rounding; of
 * batches with nothing above 1e-36, the same holds with 1e-36.)
 *
 * Backends may bring a kernel `PackActivations` (input `x`; attributes `bits`, `signed`; outputs words and scale). The
 * codes of a row lie in planes: word j has those of columns j, j + words, j + 2 words, ..., the first in the lowest bits;
 * 2^31 less than the number that makes, which is what an integer with a sign holds.
 */
export function packActivations(x: tf.Tensor2D, bits: ActivationBits, signed: boolean): PackedActivations {
  const form = { bits, signed, columns: x.shape[1] };
  const [words, scale] = kernelOr(
    'PackActivations',
    { x },
    () =>
      tf.tidy((): tf.Tensor[] => {
        const scale = x.size === 0 ? tf.scalar(0) : tf.max(tf.abs(x));
        return [packCodes(codesOf(x, scale, form), bits), scale];
      }),
    { bits, signed },
  );
  return { words: words as tf.Tensor2D, scale: scale as tf.Scalar, form };
}

/** Whole floats, [batch, columns]. */
function codesOf(x: tf.Tensor2D, scale: tf.Tensor, form: PackedForm): tf.Tensor2D {
  const levels = levelsOf(form);
  const inverse = tf.minimum(tf.divNoNan(levels, scale), greatestFloat);
  const steps = tf.mul(x, inverse);
  if (form.signed) return tf.add(tf.round(steps), levels);
  return tf.mul(tf.add(tf.minimum(tf.floor(steps), levels - 1), 1), tf.step(x));
}

function packCodes(codes: tf.Tensor2D, bits: ActivationBits): tf.Tensor2D {
  const inWord = 32 / bits;
  const [batch, columns] = codes.shape;
  const words = Math.ceil(columns / inWord);
  const whole = tf.pad2d(codes, [
    [0, 0],
    [0, words * inWord - columns],
  ]);
  const planes = tf.split(tf.cast(whole, 'int32'), inWord, 1); // [batch, words] each
  const top = tf.sub(planes[inWord - 1], tf.scalar(2 ** (bits - 1), 'int32'));
  return tf.reshape(
    planes
      .slice(0, -1)
      .reduce(
        (sum, plane, i) => tf.add(sum, tf.mul(plane, tf.scalar(2 ** (bits * i), 'int32'))),
        tf.mul(top, tf.scalar(2 ** (32 - bits), 'int32')),
      ),
    [batch, words],
  );
}

/**
 * The unpacked values [batch, columns], exact to half a step. Backends may bring a kernel `UnpackActivations` (inputs `words`
 * and `scale`; attributes `bits`, `signed`, `columns`).
 */
export function unpackActivations({ words, scale, form }: PackedActivations): tf.Tensor2D {
  return kernelOr(
    'UnpackActivations',
    { words, scale },
    () =>
      tf.tidy((): tf.Tensor2D => {
        const levels = levelsOf(form);
        const step = tf.div(scale, levels);
        const codes = unpackCodes(words, form);
        return form.signed
          ? tf.mul(tf.sub(codes, levels), step)
          : tf.relu(tf.mul<tf.Tensor2D>(tf.sub(codes, 0.5), step));
      }),
    { ...form },
  );
}

/** Whole floats, [batch, columns]; of outputs of ReLU, positive exactly where those were. */
export function unpackCodes(words: tf.Tensor2D, { bits, columns }: PackedForm): tf.Tensor2D {
  return tf.tidy(() => {
    const inWord = 32 / bits;
    const planes = halves(words).flatMap((half) => digits(half, 2 ** bits, inWord / 2));
    const codes = tf.slice2d(tf.concat2d(planes, 1), [0, 0], [words.shape[0], columns]);
    return tf.cast(codes, 'float32');
  });
}

/** Bits 0 to 15 and 16 to 31 of what words hold, each from 0 to 2^16 - 1. */
function halves(words: tf.Tensor2D): tf.Tensor2D[] {
  const side = tf.scalar(2 ** 16, 'int32');
  // wasm divides as floats, and backends do not agree on how what is below 0 is rounded: it may be 1 off either way.
  const about = tf.floorDiv(words, side);
  const rest = tf.sub(words, tf.mul(about, side));
  const off = tf.sub(
    tf.cast(tf.greaterEqual(rest, side), 'int32'),
    tf.cast(tf.less(rest, tf.scalar(0, 'int32')), 'int32'),
  ); // -1, 0 or 1
  const high = tf.add<tf.Tensor2D>(tf.add(about, off), tf.scalar(2 ** 15, 'int32'));
  return [tf.sub(rest, tf.mul(off, side)), high];
}

/** Digits of whole numbers below 2^16 (which backends that divide as floats divide exactly too), the lowest digit first. */
function digits(numbers: tf.Tensor2D, base: number, count: number): tf.Tensor2D[] {
  const side = tf.scalar(base, 'int32');
  const found: tf.Tensor2D[] = [];
  for (let rest = numbers; found.length < count;) {
    const next = tf.floorDiv<tf.Tensor2D>(rest, side);
    found.push(tf.sub(rest, tf.mul(next, side)));
    rest = next;
  }
  return found;
}
