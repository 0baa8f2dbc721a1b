/** Gradients of the operations of tensors/index.ts, for the tape of tfjs-core. */
import './arithmetic.ts';
import './elementwise.ts';
import './products.ts';
import './shapes.ts';

export { restoreGradients } from './gradient.ts';
