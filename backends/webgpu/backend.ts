/// <reference types="@webgpu/types" />
import type { DataType, TensorInfo } from '../../tensors/index.ts';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { UserError } from '../../base/user-error.ts';
import { Constants } from './constants.ts';
import { faultIn, faultNumbers } from './faults.ts';
import type { GpuClock } from './gpu-clock.ts';
import { Pipelines } from './pipelines.ts';
import { gridOf, packParams, type Program } from './program.ts';
import type { Inputs } from '../replay/inputs.ts';
import { BufferWatch } from './replay/buffer-watch.ts';
import { CommandList } from './replay/command-list.ts';
import type { Computed, StepParams, Values } from './replay/commands.ts';
import { noteTfjs, type TfjsRecording } from './replay/note-tfjs.ts';

/** An operand of a program: a tensor of this backend's, or a buffer of ours. */
export type Operand = TensorInfo | GPUBuffer;

const storage = 0x80 | 0x04 | 0x08; // STORAGE | COPY_SRC | COPY_DST of GPUBufferUsage, as tfjs takes for its tensors

/** INDIRECT: nothing here uses it, and tfjs's manager keeps memory of another usage by itself. */
const apart = 0x100;

/** tfjs's WebGPU backend, which also runs programs of our own, in order with tfjs's. */
export class GpuBackend extends WebGPUBackend {
  /** Dispatches that are handed to the device together: it begins while the rest of a step is still asked for. */
  readonly submitEvery = 24;
  /** While there is one, every dispatch is timed. */
  clock: GpuClock | undefined;
  /** The faults that programs found, see faults.ts. */
  readonly faults: GPUBuffer;
  readonly constants = new Constants(this);
  /** Who has the memory of tensors and of programs. */
  readonly watch: BufferWatch;
  /** The commands of the step that is recorded. */
  list: CommandList | undefined;
  /** Bytes of the largest buffer that a program can reach into. Tests make it small. */
  largestBuffer: number;
  /** Errors of the device that nobody was told yet. */
  private failure: Error | undefined;
  /** Answers of the device about memory that it was asked for. */
  private readonly answers: Promise<void>[] = [];
  private tableBytes = 0;
  private readonly pipelines: Pipelines;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.pipelines = new Pipelines(device);
    this.watch = new BufferWatch(this.bufferManager);
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault(); // or Dawn prints it, too
      this.fail(failureOf(event.error));
    });
    void device.lost.then(({ reason, message }) => {
      if (reason !== 'destroyed') this.fail(new UserError(`the graphics card was lost: ${message}`));
    });
    const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
    this.largestBuffer = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    this.faults = device.createBuffer({ size: 4 * faultNumbers, usage: storage });
    // It is private, and the one place that every program of tfjs comes through.
    const { recording } = this;
    const record = recording.recordAndSubmit.bind(this);
    recording.recordAndSubmit = (program, ...rest) => {
      if (this.clock === undefined) return record(program, ...rest);
      this.openPass(this.clock.next(program.constructor.name)); // tfjs takes the pass that is open
      record(program, ...rest);
      this.endComputePassEncoder();
    };
    noteTfjs(this, this.recording);
  }

  /** Notes all commands while `step` runs, and the buffers that it takes. */
  record<T>(
    inputs: Inputs,
    step: () => T,
  ): { readonly result: T; readonly list: CommandList; readonly taken: ReadonlySet<GPUBuffer> } {
    const list = new CommandList(inputs);
    const taken = new Set<GPUBuffer>();
    this.list = list;
    this.watch.taken = taken;
    try {
      const result = step();
      list.end();
      return { result, list, taken };
    } finally {
      this.list = undefined;
      this.watch.taken = undefined;
    }
  }

  /** A tensor of this backend's with memory on the device, to be written by a program. */
  output(shape: readonly number[], dtype: DataType): TensorInfo {
    const info = this.makeTensorInfo([...shape], dtype);
    this.uploadToGPU(info.dataId);
    return info;
  }

  /** The same for floats, in memory that no step has: what lives on while others run must not take theirs. */
  outputApart(shape: readonly number[]): TensorInfo {
    const info = this.makeTensorInfo([...shape], 'float32');
    const size = 4 * shape.reduce((product, side) => product * side, 1);
    this.tensorMap.get(info.dataId).resource = this.bufferManager.acquireBuffer(size, storage | apart);
    return info;
  }

  /** Numbers that a loop makes of some arrays; in a step, anew in every step that is the same. `code`: tells loops apart. */
  computed<V extends Values, Arrays extends unknown[]>(
    make: (...arrays: Arrays) => V,
    code: string,
    arrays: Arrays,
  ): V {
    const values = make(...arrays);
    this.list?.compute(values, make as unknown as Computed['make'], code, arrays);
    return values;
  }

  /** Something that this process does in a step, and in every step that is the same: `of` tells whose it is. */
  count(of: object, work: () => void): void {
    this.list?.note({ kind: 'count', of, work });
    work();
  }

  /** Memory on the device for numbers of four bytes; give it back with `release`. Contents are anything. */
  acquire(numbers: number): GPUBuffer {
    return this.bufferManager.acquireBuffer(4 * Math.max(1, numbers), storage);
  }

  /** Memory on the device with these numbers; give it back with `release`. */
  bring(values: Uint32Array | Float32Array): GPUBuffer {
    this.submit(); // uploads come before what was not submitted, and may go where that still reads
    const buffer = this.acquire(values.length);
    this.device.queue.writeBuffer(buffer, 0, values);
    this.list?.bring(values, values.byteLength, buffer);
    return buffer;
  }

  /** The memory may be used again at once: what was asked before is done before. */
  release(buffer: GPUBuffer): void {
    this.bufferManager.releaseBuffer(buffer);
  }

  /**
   * Runs a program on so many workgroups once what was asked before is done. Tensors among the operands that it writes
   * change in place. `rate`: of rows, for numbers that differ from step to step.
   */
  run(
    program: Program,
    operands: readonly Operand[],
    params: readonly number[] | StepParams,
    workgroups: number,
    rate = 0,
  ): void {
    if (workgroups === 0) return;
    if (operands.length !== program.buffers.length)
      throw new Error(`${program.name}: ${operands.length} operands for ${program.buffers.length} buffers`);
    const buffers = operands.map((operand, i) => this.bufferOf(operand, program.buffers[i].access));
    const { pipeline, bindGroup } = this.pipelines.bound(program, buffers);
    const [x, y] = gridOf(workgroups, this.device.limits.maxComputeWorkgroupsPerDimension);
    const numbers = 'fixed' in params ? [...params.fixed, ...params.now(rate)] : params;
    this.list?.note({
      ...{ kind: 'dispatch', name: program.name, pipeline, buffers, grid: [x, y, 1] },
      params: { program, numbers: params },
      written: operands.flatMap((operand, i) =>
        'dataId' in operand && program.buffers[i].access === 'read_write'
          ? [this.tensorMap.get(operand.dataId)]
          : [],
      ),
    });
    this.inPass(program.name, (pass) => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      if (numbers.length > 0) pass.setImmediates(0, packParams(program, numbers));
      pass.dispatchWorkgroups(x, y);
    });
    if (++this.recording.dispatchCountInPass >= this.submitEvery) this.submit(); // tfjs counts its own programs there
  }

  /** The memory of an operand, to be used by what is asked for next. */
  bufferOf(operand: Operand, access: 'read' | 'read_write'): GPUBuffer {
    if (!('dataId' in operand)) return operand;
    this.uploadToGPU(operand.dataId);
    const data = this.tensorMap.get(operand.dataId);
    if (access === 'read_write') data.values = null!; // what was read once is no longer true
    return data.resource as GPUBuffer;
  }

  /** Hands what was asked for so far to the device. */
  submit(): void {
    if (this.recording.commandEncoder === null) return;
    this.endComputePassEncoder();
    this.submitQueue();
  }

  /** Resolves once all that was asked for is computed; throws what went wrong with it. */
  async synchronize(): Promise<void> {
    let fault: Error | undefined;
    try {
      fault = faultIn(new Uint32Array(await this.download(this.faults)));
    } catch (error) {
      this.fail(error as Error); // of a card that was lost, say, which explains it
    }
    await Promise.all(this.answers.splice(0));
    const { failure = fault } = this;
    if (fault !== undefined) this.upload(new Uint32Array(faultNumbers), this.faults);
    this.failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** Asks for memory for tables. What cannot be had comes out of `synchronize`, as a UserError. */
  withMemoryFor<T>(bytes: number, ask: () => T): T {
    this.device.pushErrorScope('out-of-memory');
    const asked = ask();
    this.tableBytes += bytes;
    const all = this.tableBytes;
    const answer = this.device.popErrorScope().then((error) => {
      if (error !== null) this.fail(noMemory(bytes, all, this.largestBuffer));
    });
    this.answers.push(answer);
    return asked;
  }

  /** Memory of tables was given back. */
  forgetMemory(bytes: number): void {
    this.tableBytes -= bytes;
  }

  /** Copies within the device once what was asked before is done. Offsets and lengths in bytes, multiples of 4. */
  copy(from: GPUBuffer, fromByte: number, to: GPUBuffer, toByte: number, bytes: number): void {
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.recording.commandEncoder!.copyBufferToBuffer(from, fromByte, to, toByte, bytes);
    this.list?.note({ kind: 'copy', from, to, places: [fromByte, toByte, bytes] });
  }

  /** Brings numbers to the device, at once: after what was submitted, before what was not. */
  upload(values: Uint32Array | Float32Array, to: GPUBuffer, toByte = 0): void {
    this.list?.refuse('numbers are brought to memory that stays');
    this.device.queue.writeBuffer(to, toByte, values);
  }

  /** Brings `bytes` from `from` on back, once what was asked before is done. */
  async download(buffer: GPUBuffer, from = 0, bytes = buffer.size - from): Promise<ArrayBuffer> {
    this.list?.refuse('numbers of the device are read');
    const staging = this.device.createBuffer({ size: bytes, usage: 0x01 | 0x08 }); // MAP_READ | COPY_DST
    this.copy(buffer, from, staging, 0, bytes);
    this.submit();
    await staging.mapAsync(0x01);
    const copied = staging.getMappedRange().slice(0);
    staging.destroy();
    return copied;
  }

  private inPass(name: string, record: (pass: GPUComputePassEncoder) => void): void {
    if (this.clock !== undefined) this.openPass(this.clock.next(name));
    else if (this.recording.computePassEncoder === null) this.openPass();
    record(this.recording.computePassEncoder!);
    if (this.clock !== undefined) this.endComputePassEncoder();
  }

  private openPass(timestampWrites?: GPUComputePassTimestampWrites): void {
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.recording.computePassEncoder = this.recording.commandEncoder!.beginComputePass({ timestampWrites });
  }

  /** A UserError explains errors that follow from it. */
  private fail(error: Error): void {
    if (this.failure === undefined || (error instanceof UserError && !(this.failure instanceof UserError)))
      this.failure = error;
  }

  /** Members that tfjs keeps to itself. */
  private get recording(): TfjsRecording {
    return this as unknown as TfjsRecording;
  }
}

/** A card's report of memory is a UserError; anything else is a defect of ours. */
function failureOf(error: GPUError): Error {
  return error.constructor.name === 'GPUOutOfMemoryError'
    ? new UserError(
        `the graphics card ran out of memory: take a smaller --batch or --dim (${firstLine(error)})`,
      )
    : new Error(`the graphics card: ${error.message}`);
}

const firstLine = ({ message }: GPUError) => message.split('\n')[0];

function noMemory(bytes: number, all: number, largest: number): UserError {
  const gigabytes = (n: number) => `${(n / 1e9).toFixed(1)} GB`;
  return new UserError(
    `the graphics card has no memory for ${gigabytes(bytes)} of a table and its optimizer's state ` +
      `(tables so far: ${gigabytes(all)}, in buffers of ${gigabytes(largest)} at most): ` +
      'take a higher --compression, a smaller --dim, or --optimizer sgd',
  );
}
