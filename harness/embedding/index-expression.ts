import type { IndexOperation } from '../contract/backend.ts';
import type { IdMap, PerField } from '../contract/indices.ts';

/** Codes of what is done to an index, in programs. `within` has two operands, the others one; that of `through` is a map. */
export const indexCodes = { plus: 0, div: 1, mod: 2, and: 3, hash: 4, within: 5, through: 6 } as const;

/** One column of an expression: a column of the ids, and what is done to its indices in turn, the last first. */
type Chain =
  | { readonly source: number }
  | {
      readonly before: Chain;
      readonly code: number;
      readonly operand: number | IdMap;
      readonly end?: number;
    };

/** An expression as a backend runs it. */
export interface IndexProgram {
  /** Each column has the column of the ids, the number of operations, and for each of them its code and two operands. */
  readonly words: Uint32Array;
  /** The maps that `through` numbers. */
  readonly maps: readonly IdMap[];
}

/** Expressions with numbers that change are not kept. */
const mostNumbers = 64;

/** The expressions that follow from another one, by what is done to it. Operands are known by their identity: they are not changed. */
class Following {
  private readonly byNumber = new Map<number, IndexExpression>();
  private readonly byObject = new WeakMap<object, IndexExpression>();

  get(operand: number | object, make: () => IndexExpression): IndexExpression {
    const numeric = typeof operand === 'number';
    const known = numeric ? this.byNumber.get(operand) : this.byObject.get(operand);
    if (known) return known;
    const made = make();
    if (!numeric) this.byObject.set(operand, made);
    else if (this.byNumber.size < mostNumbers) this.byNumber.set(operand, made);
    return made;
  }
}

/**
 * Index arithmetic said but not done. An embed() that says the same in every step, with operands that are the same arrays, finds the
 * expression that it found before, checked and written as a program; branches that no column takes are left out.
 */
export class IndexExpression {
  readonly columns: number;
  private readonly chains: readonly Chain[];
  private readonly following = new Map<string, Following>();
  private readonly starts = new WeakMap<object, Following>();
  private found: IndexProgram | undefined;

  private constructor(chains: readonly Chain[]) {
    this.columns = chains.length;
    this.chains = chains;
  }

  /** Ids as they are. */
  static readonly ofIds = (fields: number): IndexExpression =>
    roots.get(fields, () => new IndexExpression(Array.from({ length: fields }, (_, source) => ({ source }))));

  /** True if columns are those of the ids, and nothing is done to them. */
  isIds(fields: number): boolean {
    return this === IndexExpression.ofIds(fields);
  }

  apply(operation: IndexOperation, operand: PerField): IndexExpression {
    return this.after(operation).get(operand, () => {
      const operands = this.perColumn(operand);
      if (operation === 'div' || operation === 'mod') requirePositive(operands);
      const code = indexCodes[operation];
      return this.mapped((before, i) => ({ before, code, operand: operands[i] >>> 0 }));
    });
  }

  within(from: PerField, to: PerField): IndexExpression {
    const make = () => {
      const [starts, ends] = [this.perColumn(from), this.perColumn(to)];
      const code = indexCodes.within;
      return this.mapped((before, i) => ({ before, code, operand: starts[i] >>> 0, end: ends[i] >>> 0 }));
    };
    if (typeof from === 'number') return this.after(`within ${from}`).get(to, make);
    let ends = this.starts.get(from);
    if (ends === undefined) this.starts.set(from, (ends = new Following()));
    return ends.get(to, make);
  }

  pick(fields: readonly number[]): IndexExpression {
    return this.after('pick').get(fields, () => {
      if (fields.some((field) => !Number.isInteger(field) || field < 0 || field >= this.columns))
        throw new RangeError(`there are fields 0 to ${this.columns - 1}, not ${fields.join(', ')}`);
      return new IndexExpression(fields.map((field) => this.chains[field]));
    });
  }

  through(map: IdMap): IndexExpression {
    const code = indexCodes.through;
    return this.after('through').get(map, () => this.mapped((before) => ({ before, code, operand: map })));
  }

  /** Column by column, this one where `here`, the other where not. */
  orElse(here: readonly boolean[], other: IndexExpression): IndexExpression {
    let others = this.starts.get(here);
    if (others === undefined) this.starts.set(here, (others = new Following()));
    return others.get(other, () => this.mapped((own, i) => (here[i] ? own : other.chains[i])));
  }

  get program(): IndexProgram {
    if (this.found) return this.found;
    const maps = new Map<IdMap, number>();
    const words: number[] = [];
    for (let chain of this.chains) {
      const steps: number[] = [];
      while ('before' in chain) {
        const { code, operand, end = 0 }: Exclude<Chain, { source: number }> = chain;
        if (typeof operand !== 'number' && !maps.has(operand)) maps.set(operand, maps.size);
        steps.unshift(code, typeof operand === 'number' ? operand : maps.get(operand)!, end);
        chain = chain.before;
      }
      words.push(chain.source, steps.length / 3, ...steps);
    }
    this.found = { words: Uint32Array.from(words), maps: [...maps.keys()] };
    return this.found;
  }

  private after(operation: string): Following {
    let following = this.following.get(operation);
    if (following === undefined) this.following.set(operation, (following = new Following()));
    return following;
  }

  private mapped(change: (chain: Chain, i: number) => Chain): IndexExpression {
    return new IndexExpression(this.chains.map(change));
  }

  private perColumn(operand: PerField): readonly number[] {
    if (typeof operand === 'number') return Array.from({ length: this.columns }, () => operand);
    if (operand.length !== this.columns)
      throw new RangeError(`${operand.length} operands for ${this.columns} fields`);
    return operand;
  }
}

const roots = new Following();

function requirePositive(divisors: readonly number[]): void {
  for (const d of divisors)
    if (!Number.isInteger(d) || d < 1) throw new RangeError(`a divisor must be a positive integer, not ${d}`);
}
