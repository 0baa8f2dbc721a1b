/// <reference types="@webgpu/types" />
import { digestOfNumbers } from '../../replay/digest-of-numbers.ts';
import { type Inputs, Slot } from '../../replay/inputs.ts';
import type { StepRecording } from '../../replay/recorded-step.ts';
import type { GpuBackend } from '../backend.ts';
import { packParams } from '../program.ts';
import type { CommandList } from './command-list.ts';
import type { Bring, Command, Dispatch, ReadTensor, Values } from './commands.ts';
import { differenceOf, isComputed, type StepCommands } from './compare-commands.ts';

const uniformUsage = 0x40 | 0x08; // UNIFORM | COPY_DST
const stagingUsage = 0x04 | 0x08; // COPY_SRC | COPY_DST

/** The commands of a step, to be given again on the memory that the step had, which others may have between two steps. */
export class GpuRecording implements StepRecording, StepCommands {
  readonly bytes: number;
  readonly commands: readonly Command[];
  private readonly backend: GpuBackend;
  private readonly written: ReadonlySet<ReadTensor>;
  private readonly taken: ReadonlySet<GPUBuffer>;
  private readonly digests: Map<Values, string>;
  /** They tell whether memory that is not the step's is as it was. */
  private readonly outside: readonly (() => boolean)[];
  /** Made for the first replay. */
  private prepared: { readonly groups: Map<Dispatch, GPUBindGroup>; readonly staging: Map<Bring, GPUBuffer>; readonly uniforms: GPUBuffer[] } | undefined; // prettier-ignore

  /** `taken`: buffers that the step took from the manager; all but those of `left` were given back. */
  constructor(backend: GpuBackend, list: CommandList, taken: ReadonlySet<GPUBuffer>) {
    this.backend = backend;
    this.commands = list.commands;
    const used = new Set(list.commands.flatMap(buffersOf));
    this.taken = new Set([...used].filter((buffer) => taken.has(buffer)));
    this.digests = new Map(list.constants);
    const constants = [...this.digests.keys()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.bytes = constants + list.commands.reduce((sum, command) => sum + ownBytes(command), 0);
    this.written = new Set(
      list.commands.flatMap((command) => (command.kind === 'dispatch' && command.written) || []),
    );
    this.outside = [...used]
      .filter((buffer) => !taken.has(buffer))
      .map((buffer) => backend.watch.holding(buffer));
  }

  readonly takes = (buffer: GPUBuffer): boolean => this.taken.has(buffer);

  readonly digestOf = (values: Values): string | undefined => this.digests.get(values);

  noteChanges(): void {
    for (const values of this.digests.keys()) this.digests.set(values, digestOfNumbers(values));
  }

  get usable(): boolean {
    for (const buffer of this.taken) if (!this.backend.watch.isFree(buffer)) return false;
    return !this.isOutdated;
  }

  get isOutdated(): boolean {
    return this.outside.some((stays) => !stays());
  }

  differenceFrom(other: GpuRecording): string | undefined {
    return differenceOf(this, other);
  }

  /** Gives all commands again, to be carried out after what was asked for before. */
  replay(inputs: Inputs): void {
    const { backend } = this;
    const { device } = backend;
    const { groups, staging } = (this.prepared ??= this.prepare());
    backend.submit();
    for (const tensor of this.written) tensor.values = null;
    for (const [{ values }, buffer] of staging) {
      const brought = valuesOf(values, inputs);
      device.queue.writeBuffer(buffer, 0, brought.buffer, brought.byteOffset, brought.byteLength);
    }
    let encoder = device.createCommandEncoder();
    let pass: GPUComputePassEncoder | undefined;
    let dispatches = 0;
    const endPass = () => {
      pass?.end();
      pass = undefined;
    };
    for (const command of this.commands) {
      if (command.kind === 'count') command.work();
      else if (command.kind === 'dispatch') {
        pass ??= encoder.beginComputePass();
        pass.setPipeline(command.pipeline);
        pass.setBindGroup(0, groups.get(command));
        const { params } = command;
        if (params) {
          const { program, numbers } = params;
          const all = 'fixed' in numbers ? [...numbers.fixed, ...numbers.now(inputs.rate)] : numbers;
          if (all.length > 0) pass.setImmediates(0, packParams(program, all));
        }
        pass.dispatchWorkgroups(...command.grid);
        if (++dispatches % backend.submitEvery === 0) {
          endPass();
          device.queue.submit([encoder.finish()]);
          encoder = device.createCommandEncoder();
        }
      } else {
        endPass();
        if (command.kind === 'bring')
          encoder.copyBufferToBuffer(staging.get(command)!, 0, command.to, 0, command.bytes); // prettier-ignore
        else {
          const [fromByte, toByte, bytes] = command.places;
          encoder.copyBufferToBuffer(command.from, fromByte, command.to, toByte, bytes);
        }
      }
    }
    endPass();
    device.queue.submit([encoder.finish()]);
  }

  dispose(): void {
    if (this.prepared === undefined) return;
    for (const buffer of [...this.prepared.staging.values(), ...this.prepared.uniforms]) buffer.destroy();
    this.prepared = undefined;
  }

  /** Memory of its own for all that comes from this process, so that a write never meets what was not carried out yet. */
  private prepare() {
    const { device } = this.backend;
    const groups = new Map<Dispatch, GPUBindGroup>();
    const staging = new Map<Bring, GPUBuffer>();
    const uniforms: GPUBuffer[] = [];
    const made = (size: number, usage: number) => device.createBuffer({ size, usage });
    for (const command of this.commands) {
      if (command.kind === 'bring') staging.set(command, made(command.bytes, stagingUsage));
      if (command.kind !== 'dispatch') continue;
      const { pipeline, buffers, uniform } = command;
      const resources = [...buffers];
      if (uniform) {
        const buffer = made(uniform.byteLength, uniformUsage);
        device.queue.writeBuffer(buffer, 0, uniform.buffer, uniform.byteOffset, uniform.byteLength);
        uniforms.push(buffer);
        resources.push(buffer);
      }
      const entries = resources.map((buffer, binding) => ({ binding, resource: { buffer } }));
      groups.set(command, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    }
    return { groups, staging, uniforms };
  }
}

function buffersOf(command: Command): readonly GPUBuffer[] {
  if (command.kind === 'dispatch') return command.buffers;
  if (command.kind === 'copy') return [command.from, command.to];
  return command.kind === 'bring' ? [command.to] : [];
}

/** Bytes on the device that replays of a command take beside the step's own memory. */
function ownBytes(command: Command): number {
  if (command.kind === 'bring') return command.bytes;
  return command.kind === 'dispatch' ? (command.uniform?.byteLength ?? 0) : 0;
}

function valuesOf(values: Bring['values'], inputs: Inputs): Values {
  if (values instanceof Slot) return values.in(inputs) as Values;
  if (!isComputed(values)) return values;
  const arrays = values.arrays.map((array) => (array instanceof Slot ? array.in(inputs) : array));
  return values.make(...(arrays as never[]));
}
