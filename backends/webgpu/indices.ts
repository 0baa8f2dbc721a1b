/// <reference types="@webgpu/types" />
import * as tf from '../../tensors/index.ts';
import { type IndexOperation, type OwnedIndices } from '../../harness/contract/backend.ts';
import { CheckedIndices } from '../../harness/contract/checked-indices.ts';
import type { IdMap, Indices } from '../../harness/contract/indices.ts';
import type { GpuBackend } from './backend.ts';
import { arithmetic, choose, pick, through, toFloats, within } from './index-programs.ts';
import type { Program } from './program.ts';

/** Indices in the card's memory, row-major [batch, fields]. What is derived from ids is freed with them. */
export class DeviceIndices extends CheckedIndices implements OwnedIndices {
  readonly buffer: GPUBuffer;
  readonly batch: number;
  readonly fields: number;
  private readonly backend: GpuBackend;
  /** Memory of these ids and of all that was derived from them. */
  private readonly owned: GPUBuffer[];

  private constructor(
    backend: GpuBackend,
    buffer: GPUBuffer,
    batch: number,
    fields: number,
    owned: GPUBuffer[],
  ) {
    super();
    this.backend = backend;
    this.buffer = buffer;
    this.batch = batch;
    this.fields = fields;
    this.owned = owned;
    owned.push(buffer);
  }

  /** Brings ids to the card. */
  static from(backend: GpuBackend, ids: Uint32Array, batch: number, fields: number): DeviceIndices {
    if (ids.length !== batch * fields)
      throw new RangeError(`${ids.length} indices are not ${batch} samples of ${fields} fields`);
    return new DeviceIndices(backend, backend.bring(ids), batch, fields, []);
  }

  /** Throws a TypeError for indices that are not on the card. */
  static of(indices: Indices): DeviceIndices {
    if (!(indices instanceof DeviceIndices))
      throw new TypeError('these indices are not on the graphics card');
    return indices;
  }

  dispose(): void {
    for (const buffer of this.owned.splice(0)) this.backend.release(buffer);
  }

  through({ values }: IdMap): Indices {
    const map = this.backend.constants.ofMap(values);
    return this.derive(through, [map, this.backend.faults], this.fields, [values.length]);
  }

  toFloats(): tf.Tensor2D {
    const { backend, batch, fields } = this;
    const count = batch * fields;
    const floats = backend.output([batch, fields], 'float32');
    backend.run(toFloats, [this.buffer, floats], [count], Math.ceil(count / 256));
    return tf.engine().makeTensorFromTensorInfo(floats) as tf.Tensor2D;
  }

  /** Reads them back, for tests. */
  async read(): Promise<Uint32Array> {
    const length = this.batch * this.fields;
    return new Uint32Array(await this.backend.download(this.buffer, 0, 4 * Math.max(1, length))).subarray(
      0,
      length,
    );
  }

  protected apply(operation: IndexOperation, operands: Uint32Array<ArrayBuffer>): Indices {
    return this.derive(arithmetic[operation], [this.backend.constants.of(operands)], this.fields);
  }

  protected shiftWithin(from: Uint32Array<ArrayBuffer>, to: Uint32Array<ArrayBuffer>): Indices {
    const { constants } = this.backend;
    return this.derive(within, [constants.of(from), constants.of(to)], this.fields);
  }

  protected pickColumns(columns: Uint32Array<ArrayBuffer>): Indices {
    return this.derive(pick, [this.backend.constants.of(columns)], columns.length, [this.fields]);
  }

  protected choose(here: readonly boolean[], other: Indices): Indices {
    const flags = this.backend.constants.of(Uint32Array.from(here, Number));
    return this.derive(choose, [flags, DeviceIndices.of(other).buffer], this.fields);
  }

  private derive(
    program: Program,
    operands: readonly GPUBuffer[],
    fields: number,
    params: readonly number[] = [],
  ): DeviceIndices {
    const { backend, batch } = this;
    const count = batch * fields;
    const derived = backend.acquire(count);
    const workgroups = Math.ceil(count / 256);
    backend.run(program, [this.buffer, derived, ...operands], [count, fields, ...params], workgroups);
    return new DeviceIndices(backend, derived, batch, fields, this.owned);
  }
}
