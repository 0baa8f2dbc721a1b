import * as tf from '../../tensors/index.ts';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Addon, Numbers } from './addon.ts';
import { Operations } from './operations.ts';
import { type Block, BufferPool } from './pool.ts';
import type { Inputs } from '../replay/inputs.ts';
import { CallList, type CallArray, isCallArray } from './replay/call-list.ts';
import { recordedAddon } from './replay/recorded-addon.ts';
import { TensorWatch, type Watched } from './replay/tensor-watch.ts';

/** The types of numbers that the add-on computes with. Others (complex numbers, strings) are the cpu backend's. */
export type Type = 'float32' | 'int32' | 'bool';
type NumbersOf<D extends Type> = { float32: Float32Array; int32: Int32Array; bool: Uint8Array }[D];

/** A tensor's data: numbers in a block of the pool, or (strings, complex numbers) what cpu keeps. */
interface NativeData {
  values?: tf.BackendValues | null;
  dtype: tf.DataType;
  refCount: number;
  complexTensorInfos?: { real: tf.TensorInfo; imag: tf.TensorInfo };
  block?: ArrayBuffer;
}

/**
 * tfjs's cpu backend with its numbers in native memory: kernels of the add-on and kernels of the cpu backend read and
 * write the same arrays. Every tensor's numbers are a block of their own, so a block is given back when the last tensor
 * that refers to it is disposed.
 */
export class NativeBackend extends MathBackendCPU {
  readonly addon: Addon;
  readonly operations: Operations;
  private readonly pool: BufferPool;
  /** The calls of the step that is recorded. */
  private list: CallList | undefined;
  private readonly watches = new TensorWatch();
  /** Arrays from outside of the pool that tensors were made of. */
  private readonly ofTensors = new WeakSet<CallArray>();

  constructor(addon: Addon, overwriteFreed = false) {
    super();
    this.addon = recordedAddon(addon, () => this.list);
    this.operations = new Operations(addon);
    this.pool = new BufferPool(addon, { overwrite: overwriteFreed });
  }

  /** A tensor to be written by a kernel; `values` is undefined content of the shape's size. */
  output<D extends Type>(shape: number[], dtype: D): NativeTensor<D> {
    this.list?.refuseInside('a loop makes a tensor');
    const { values, block } = this.allocate(tf.util.sizeFromShape(shape), dtype);
    const dataId = this.store({ values, dtype, refCount: 1, block });
    return { dataId, shape, dtype, values: values as NumbersOf<D> };
  }

  /** The numbers of a tensor where they lie. They move with the tensor's life: not to be kept. */
  floats(tensor: tf.TensorInfo): Float32Array {
    if (tensor.dtype !== 'float32') throw new Error(`a float32 tensor was expected, not ${tensor.dtype}`);
    return this.numbers(tensor) as Float32Array;
  }

  /** The same of integers. */
  integers(tensor: tf.TensorInfo): Int32Array {
    if (tensor.dtype !== 'int32') throw new Error(`an int32 tensor was expected, not ${tensor.dtype}`);
    return this.numbers(tensor) as Int32Array;
  }

  numbers({ dataId, dtype }: tf.TensorInfo): Numbers {
    const { values } = this.entry(dataId);
    const NumberArray = arrays[dtype as Type];
    if (values instanceof NumberArray) return values;
    // Kernels of the cpu backend leave some numbers in arrays of another type.
    this.refuseStep('numbers are converted in JavaScript');
    return NumberArray.from(values as ArrayLike<number>);
  }

  /** Arrays from outside stay what they are; only kernels of the add-on's write into blocks of the pool. */
  override write(values: tf.BackendValues, _shape: number[], dtype: tf.DataType): object {
    this.list?.give(values);
    if (isCallArray(values)) this.ofTensors.add(values);
    return this.store({ values, dtype, refCount: 1 });
  }

  /**
   * Gives a tensor numbers of its own where it has part of a block that is another's. Kernels of the cpu backend hand on
   * parts of their inputs' arrays, which is safe only for arrays that nobody uses again.
   */
  own({ dataId }: tf.TensorInfo): void {
    const data = this.entry(dataId);
    for (const part of Object.values(data.complexTensorInfos ?? {})) this.own(part);
    const { values, block } = data;
    if (block !== undefined || !ArrayBuffer.isView(values) || !this.pool.owns(values.buffer)) return;
    const own = values.slice();
    data.values = own;
    this.ofTensors.add(own);
  }

  override readSync(dataId: object): tf.BackendValues {
    this.refuseStep('numbers of a tensor are read');
    const values = super.readSync(dataId);
    return this.entry(dataId).block === undefined ? values : (values as Numbers).slice();
  }

  override disposeData(dataId: object, force = false): boolean {
    const { block, values } = this.entries.has(dataId) ? this.entry(dataId) : {};
    const released = super.disposeData(dataId, force);
    if (released && block !== undefined) this.pool.give(block);
    if (released && ArrayBuffer.isView(values)) this.watches.release(values);
    return released;
  }

  /**
   * A loop of JavaScript over numbers of tensors, in a kernel. All such loops go through here, so that a step can be made again: with
   * functions that are there once, and everything that they need as arguments.
   */
  loop<Args extends unknown[], Result>(work: (...args: Args) => Result, ...args: Args): Result {
    return this.list === undefined ? work(...args) : this.list.run(work, args);
  }

  /** The same of a loop whose first argument is the learning rate of the step. */
  loopAtRate<Args extends unknown[]>(
    work: (rate: number, ...args: Args) => void,
    rate: number,
    ...args: Args
  ): void {
    if (this.list === undefined) work(rate, ...args);
    else this.list.runAtRate(work, rate, args);
  }

  /** Notes such a loop that has run already. */
  note<Args extends unknown[]>(work: (...args: Args) => unknown, ...args: Args): void {
    this.list?.note(work, args);
  }

  /** An array of this process that the step that runs fills. */
  made<A extends CallArray>(array: A): A {
    this.list?.made.add(array);
    return array;
  }

  /** Says that the step that runs cannot be made again. */
  refuseStep(reason: string): void {
    this.list?.refuse(reason);
  }

  /** Notes all calls while `step` runs, and the blocks that it takes. */
  record<T>(
    inputs: Inputs,
    step: () => T,
  ): { readonly result: T; readonly list: CallList; readonly taken: ReadonlySet<Block> } {
    const list = new CallList(inputs);
    const taken = new Set<Block>();
    this.list = list;
    this.pool.taken = taken;
    try {
      const result = step();
      list.end();
      return { result, list, taken };
    } finally {
      this.list = undefined;
      this.pool.taken = undefined;
    }
  }

  blockOf(buffer: ArrayBufferLike): Block | undefined {
    return this.pool.blockOf(buffer);
  }

  /** True if a tensor was made of the array, or lies in it. */
  isOfTensor(array: CallArray): boolean {
    return this.blockOf(array.buffer) !== undefined || this.ofTensors.has(array);
  }

  /** Tells whether an array stays a tensor's. */
  watch(array: CallArray): Watched {
    return this.watches.watch(array);
  }

  /** Tensors of numbers that lie in blocks which are free: these are theirs from here on. */
  adopt(tensors: readonly { readonly values: Float32Array; readonly shape: number[] }[]): tf.Tensor[] {
    const known = new Map<Float32Array, object>();
    return tensors.map(({ values, shape }) => {
      let dataId = known.get(values);
      if (dataId) this.incRef(dataId);
      else {
        const block = this.blockOf(values.buffer);
        if (block) this.pool.takeBack(block);
        dataId = this.store({ values, dtype: 'float32', refCount: 1, ...(block && { block: block.buffer }) });
        known.set(values, dataId);
      }
      return tf.keep(tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype: 'float32' }));
    });
  }

  override memory() {
    return { unreliable: false, reasons: [] };
  }

  /** Bytes of native memory that were taken for tensors so far, whether they are in use or wait for the next. */
  get allocatedBytes(): number {
    return this.pool.allocatedBytes;
  }

  override dispose(): void {
    this.pool.clear();
  }

  private get entries() {
    return this.data as unknown as tf.DataStorage<NativeData>;
  }

  private entry(dataId: object): NativeData {
    return this.entries.get(dataId);
  }

  private store(data: NativeData): object {
    const dataId = {};
    this.entries.set(dataId, data);
    return dataId;
  }

  private allocate(length: number, dtype: Type): { values: Numbers; block?: ArrayBuffer } {
    const NumberArray = arrays[dtype];
    if (length === 0) return { values: new NumberArray(0) };
    const block = this.pool.take(length * NumberArray.BYTES_PER_ELEMENT);
    return { values: new NumberArray(block, 0, length), block };
  }
}

export interface NativeTensor<D extends Type> extends tf.TensorInfo {
  readonly dtype: D;
  readonly values: NumbersOf<D>;
}

export function isNumeric({ dtype }: tf.TensorInfo): boolean {
  return dtype in arrays;
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
