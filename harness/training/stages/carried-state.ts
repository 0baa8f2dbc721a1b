import type * as tf from '../../../tensors/index.ts';
import type { RowState } from '../../contract/backend.ts';
import type { Table, Weight } from '../../contract/method.ts';
import type { StreamedGradients } from '../../gradients/streamed-gradients.ts';
import type { VariableState } from '../../optimizers/dense-optimizer.ts';

/** The optimizer's state of a stage that another one continues from. */
export interface CarriedState {
  /** The states of the network's variables. */
  readonly network: ReadonlyMap<tf.Variable, VariableState>;
  /** The states of the next plan's weights. */
  readonly weights: ReadonlyMap<Weight, VariableState>;
  /** The states of the next plan's tables. */
  readonly tables: Map<Table, RowState>;
  readonly streamed: StreamedGradients | undefined;
}
