/// <reference types="@webgpu/types" />

/** The part of tfjs's manager of buffers that is needed. */
interface BufferManager {
  acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
}

interface State {
  free: boolean;
  /** How often it was handed out. */
  uses: number;
  destroyed: boolean;
}

/** Tells who has the buffers of tfjs's manager, which hands them out again and again, and which other buffers are gone. */
export class BufferWatch {
  /** Buffers that were handed out since there was a set. */
  taken: Set<GPUBuffer> | undefined;
  private readonly states = new WeakMap<GPUBuffer, State>();

  constructor(manager: BufferManager) {
    const acquireBuffer = manager.acquireBuffer.bind(manager);
    const releaseBuffer = manager.releaseBuffer.bind(manager);
    manager.acquireBuffer = (...asked) => {
      const buffer = acquireBuffer(...asked);
      const state = this.stateOf(buffer);
      state.free = false;
      state.uses++;
      this.taken?.add(buffer);
      return buffer;
    };
    manager.releaseBuffer = (buffer, reuse = true) => {
      releaseBuffer(buffer, reuse);
      const state = this.stateOf(buffer);
      state.free = true;
      state.destroyed = !reuse;
    };
  }

  /** Destroys a buffer that is not the manager's. */
  destroy(buffer: GPUBuffer): void {
    this.stateOf(buffer).destroyed = true;
    buffer.destroy();
  }

  /** True if the manager may hand it out. */
  isFree(buffer: GPUBuffer): boolean {
    const { free, destroyed } = this.stateOf(buffer);
    return free && !destroyed;
  }

  /** A function that tells whether a buffer has stayed with whoever has it now. */
  holding(buffer: GPUBuffer): () => boolean {
    const state = this.stateOf(buffer);
    const { uses } = state;
    return () => !state.free && !state.destroyed && state.uses === uses;
  }

  private stateOf(buffer: GPUBuffer): State {
    const known = this.states.get(buffer);
    if (known) return known;
    const state = { free: false, uses: 0, destroyed: false };
    this.states.set(buffer, state);
    return state;
  }
}
