import type { Addon } from './addon.ts';

/** The add-on's operations by name. */
export class Operations {
  readonly unary: ReadonlyMap<string, number>;
  readonly binary: ReadonlyMap<string, number>;
  readonly reduction: ReadonlyMap<string, number>;

  constructor(addon: Addon) {
    const places = (kind: 'unary' | 'binary' | 'reduction') =>
      new Map(addon.operations(kind).map((name, place) => [name, place]));
    this.unary = places('unary');
    this.binary = places('binary');
    this.reduction = places('reduction');
  }
}
