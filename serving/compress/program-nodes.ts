import type { Attribute, ProgramNode, Size } from '../program/program.ts';

/** The number of ids that a program runs for. */
export const n: Size = { times: 1, plus: 0 };

/** The nodes of a program while it is written. Its input has the number 0. */
export class ProgramNodes {
  readonly list: ProgramNode[] = [];
  private values = 1;
  private readonly flat = new Map<number, number>();

  /** Writes an operation, and returns the number of its value. */
  add(
    op: string,
    into: Readonly<Record<string, number>>,
    shape: readonly Size[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): number {
    const value = this.values++;
    this.list.push({ op, in: into, out: [value], shapes: [shape], ...(attributes && { attributes }) });
    return value;
  }

  /** An operation on indices [n, 1]. */
  index(op: string, x: number, attributes?: Readonly<Record<string, Attribute>>, others = {}): number {
    return this.add(`index-${op}`, { x, ...others }, [n, 1], attributes);
  }

  /** x + by, modulo 2^32. */
  plus(x: number, by: number): number {
    return by === 0 ? x : this.index('plus', x, { by: by >>> 0 });
  }

  reshape(x: number, shape: readonly Size[]): number {
    return this.add('Reshape', { x }, shape, { shape });
  }

  /** 1 for an index, 0 for `none`: floats [n, 1]. */
  known(x: number): number {
    return this.add('index-floats', { x: this.index('known', x) }, [n, 1]);
  }

  /** Some floats of a weight, of `floats` in all: [rows, columns]. */
  partOf(weight: number, floats: number, from: number, rows: number, columns: number): number {
    let x = this.flat.get(weight);
    if (x === undefined) {
      x = this.reshape(this.add('weight', {}, [floats], { weight }), [floats]);
      this.flat.set(weight, x);
    }
    const size = rows * columns;
    const part = this.add('Slice', { x }, [size], { begin: [from], size: [size] });
    return this.reshape(part, [rows, columns]);
  }

  /** Columns of zeros beside an array [n, columns]. */
  padded(x: number, columns: number, before: number, after: number): number {
    if (before === 0 && after === 0) return x;
    const attributes = { paddings: [[0, 0], [before, after]], constantValue: 0 }; // prettier-ignore
    return this.add('PadV2', { x }, [n, before + columns + after], attributes);
  }
}
