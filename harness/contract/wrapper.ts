import type { ZodType } from 'zod';
import type { Departure, Method } from './method.ts';

/**
 * Another form of whatever method it is put around: int8(mixed-dimension) has the tables of mixed-dimension, stored in 8
 * bits. Around `full` it is a method of its own; `full` alone is the baseline.
 */
export interface Wrapper<Options = unknown> {
  /** One word, as it stands before the bracket. */
  readonly name: string;
  /** Other names that the command line takes. */
  readonly aliases: readonly string[];
  readonly title: string;
  /** Its effect on a method, in one line. */
  readonly idea: string;
  /** The formula of a stored float; stands behind the method's own. */
  readonly formula?: string;
  readonly paper: Method['paper'];
  /** Departures of the wrapper's own form; wrap() adds them to the method's. */
  readonly departures: readonly Departure[];
  /** Its own hyper-parameters. */
  readonly options: ZodType<Options>;
  /**
   * The method's options and its own stand side by side in the result (methods/post-training-quantization/wrapped-options.ts); whoever looks a
   * wrapped method up by name gives it that name, `int8(mixed-dimension)`.
   */
  wrap(method: Method): Method;
}
