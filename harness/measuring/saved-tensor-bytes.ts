import * as tf from '../../tensors/index.ts';
import type { SavedActivations } from '../contract/model.ts';

/** Bytes of tensors that a step holds from its forward to its backward pass. */
export interface SavedTensorBytes {
  /** Inputs of the network's dense layers, or what is saved in their place. */
  readonly layers: number;
  /** Bytes that all else needs: interaction, embedding, loss. Neither weights nor rows of tables, nor the ids looked up. */
  readonly others: number;
}

/**
 * Measured at the end of the forward pass, while the tape is open: all memory behind what the gradient functions of its
 * operations have saved, each buffer once, but that of variables (of which the wasm backend saves copies: those count).
 * Buffers that dense layers need are theirs where others need them too. Outside of a gradient nothing is held.
 */
export function savedTensorBytes(ofLayers: readonly SavedActivations[]): SavedTensorBytes {
  const { activeTape, registeredVariables } = tf.engine().state;
  const counts = new Map(ofLayers.map(({ output, count }) => [output.id, count]));
  const seen = new Set<object>(Object.values(registeredVariables).map(({ dataId }) => dataId));
  const bytesOf = (tensors: readonly tf.Tensor[]) => {
    const found = tensors.filter(({ dataId }) => !seen.has(dataId) && seen.add(dataId));
    return found.reduce((sum, { size, dtype }) => sum + size * tf.util.bytesPerElement(dtype), 0);
  };
  const nodes = (activeTape ?? []).map(({ outputs, saved = [] }) => ({
    saved,
    count: counts.get(outputs[0].id) ?? 0,
  }));
  const layers = nodes.flatMap(({ saved, count }) => saved.slice(0, count));
  return { layers: bytesOf(layers), others: bytesOf(nodes.flatMap(({ saved }) => saved)) };
}
