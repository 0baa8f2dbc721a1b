import * as tf from '@tensorflow/tfjs';

/** Bytes of tensors that a step holds from its forward to its backward pass. */
export interface HeldBytes {
  /** What the network's dense layers were given, or what is kept in its place. */
  readonly layers: number;
  /** What all else needs: interaction, embedding, loss. Neither weights nor rows of tables, nor the ids looked up. */
  readonly others: number;
}

/**
 * Measured at the end of the forward pass, while the tape is open: all memory behind what the gradient functions of its
 * operations have kept, each buffer once, but that of variables. `ofLayers`: tensors that dense layers have kept; they are
 * theirs where others need them too. Outside of a gradient nothing is held.
 */
export function heldBytes(ofLayers: Iterable<tf.Tensor>): HeldBytes {
  const { activeTape, registeredVariables } = tf.engine().state;
  const variables = new Set(Object.values(registeredVariables).map(({ dataId }) => dataId));
  const buffers = new Map<object, number>();
  for (const { saved } of activeTape ?? [])
    for (const { dataId, size, dtype } of saved ?? [])
      if (!variables.has(dataId)) buffers.set(dataId, size * tf.util.bytesPerElement(dtype));
  const layerBuffers = new Set([...ofLayers].map(({ dataId }) => dataId));
  const held = { layers: 0, others: 0 };
  for (const [dataId, bytes] of buffers) held[layerBuffers.has(dataId) ? 'layers' : 'others'] += bytes;
  return held;
}

/** The one of most bytes in all; nothing where there is none. */
export function mostHeld(held: readonly HeldBytes[]): HeldBytes {
  const all = ({ layers, others }: HeldBytes) => layers + others;
  return held.reduce((most, one) => (all(one) > all(most) ? one : most), { layers: 0, others: 0 });
}
