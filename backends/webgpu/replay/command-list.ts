/// <reference types="@webgpu/types" />
import { digestOfNumbers } from '../../replay/digest-of-numbers.ts';
import { type Inputs, Slot } from '../../replay/inputs.ts';
import type { Command, Computed, Values } from './commands.ts';

const changes = 'an array changes after a tensor was made of it';

/** The commands of one step, in their order, noted while it runs on the tape. */
export class CommandList {
  readonly commands: Command[] = [];
  /** Numbers of this process that the step brings, and that are no inputs, with their digests at that time. */
  readonly constants = new Map<Values, string>();
  /** The reason why the commands cannot be given again, where there is one. */
  refusal: string | undefined;
  private readonly inputs: Inputs;
  private readonly computed = new Map<Values, Computed>();

  constructor(inputs: Inputs) {
    this.inputs = inputs;
  }

  note(command: Command): void {
    this.commands.push(command);
  }

  /** Numbers come to memory of the device. */
  bring(values: Values, bytes: number, to: GPUBuffer): void {
    this.note({ kind: 'bring', values: this.kept(values), bytes, to });
  }

  /** A loop has made numbers of these arrays, and makes them anew in other steps. */
  compute(values: Values, make: Computed['make'], code: string, arrays: readonly unknown[]): void {
    this.computed.set(values, {
      ...{ make, code: `${values.length} ${code}` },
      arrays: arrays.map((array) => this.slotOf(array) ?? array),
    });
  }

  /** Rows learn by this rate: it has to be the step's. */
  atRate(rate: number): void {
    if (rate !== this.inputs.rate) this.refuse('rows have a learning rate of their own');
  }

  refuse(reason: string): void {
    this.refusal ??= reason;
  }

  /** Refuses the step if it has changed an array after it was brought. */
  end(): void {
    for (const [values, digest] of this.constants)
      if (digestOfNumbers(values) !== digest) this.refuse(changes);
  }

  private kept(values: Values): Values | Slot | Computed {
    const known = this.slotOf(values) ?? this.computed.get(values);
    if (known) return known;
    const digest = digestOfNumbers(values);
    if ((this.constants.get(values) ?? digest) !== digest) this.refuse(changes);
    this.constants.set(values, digest);
    return values;
  }

  private slotOf(value: unknown): Slot | undefined {
    const place = this.inputs.values.indexOf(value);
    return place >= 0 && typeof value === 'object' ? new Slot(place) : undefined;
  }
}
