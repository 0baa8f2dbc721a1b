/** Values that differ from step to step. */
export interface Inputs {
  readonly values: readonly unknown[];
  readonly rate: number;
}

/** The place of a value that is another one in every step: one of the inputs, or the learning rate. */
export class Slot {
  readonly of: number | 'rate';

  constructor(of: number | 'rate') {
    this.of = of;
  }

  in({ values, rate }: Inputs): unknown {
    return this.of === 'rate' ? rate : values[this.of];
  }
}
