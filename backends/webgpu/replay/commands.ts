/// <reference types="@webgpu/types" />
import type { Slot } from '../../replay/inputs.ts';
import type { Program } from '../program.ts';

export type Values = Float32Array | Uint32Array | Int32Array;

/** A tensor of tfjs's, which keeps what was read of it. */
export interface ReadTensor {
  values: unknown;
}

/** Numbers of a dispatch that are others in every step: those of an optimizer. */
export interface StepParams {
  /** Numbers that stay, before the others. */
  readonly fixed: readonly number[];
  /** The owner of the other numbers: the same object in all steps. */
  readonly of: object;
  /** The others, for the step's learning rate of rows. */
  readonly now: (rate: number) => readonly number[];
}

/** Numbers that a loop of JavaScript makes, anew in every step. */
export interface Computed {
  readonly make: (...arrays: never[]) => Values;
  /** The code of the loop and how many numbers it makes: they tell loops apart. */
  readonly code: string;
  /** Slots, and arrays that stay: the loop reads them. */
  readonly arrays: readonly unknown[];
}

export interface Dispatch {
  readonly kind: 'dispatch';
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  /** Memory by binding. */
  readonly buffers: readonly GPUBuffer[];
  /** The numbers of tfjs's programs, in a uniform buffer at the last binding. */
  readonly uniform?: Uint8Array;
  /** The numbers of our programs. */
  readonly params?: { readonly program: Program; readonly numbers: readonly number[] | StepParams };
  readonly grid: readonly [x: number, y: number, z: number];
  /** Tensors that it writes: what tfjs has read of them is no longer true. */
  readonly written?: readonly ReadTensor[];
}

export interface Copy {
  readonly kind: 'copy';
  readonly from: GPUBuffer;
  readonly to: GPUBuffer;
  readonly places: readonly [fromByte: number, toByte: number, bytes: number];
}

/** Numbers of this process that are brought to the device. */
export interface Bring {
  readonly kind: 'bring';
  readonly values: Values | Slot | Computed;
  readonly bytes: number;
  readonly to: GPUBuffer;
}

/** Something that this process does in every step: counts it, say. */
export interface Count {
  readonly kind: 'count';
  readonly of: object;
  readonly work: () => void;
}

/** A step asks this of the device, or of this process beside it. */
export type Command = Dispatch | Copy | Bring | Count;
