import type { IdMap, Indices, IndicesInMemory, PerField } from '../../harness/contract/indices.ts';
import { valuesOf } from '../../harness/contract/indices.ts';
import type { Lookup, Plan } from '../../harness/contract/method.ts';
import { HostIndices } from '../../harness/embedding/host-indices.ts';
import { hashed } from './hashed-tokens.ts';

/**
 * Lookups of tokens that have no number yet. A server without a key for a token knows the token, which it can hash, and can
 * give it any number: here a batch has both, and all arithmetic but hashing sees the number.
 */

/** Row-major [batch, fields] each. */
export interface Named {
  readonly numbers: Uint32Array;
  readonly tokens: Uint32Array;
}

/** The plan's embed, of numbers whose tokens are these. `column`: whose numbers and tokens differ. */
export function embedNamed(plan: Plan, { numbers, tokens }: Named, column: number): Plan['embed'] {
  return (lookup) =>
    plan.embed({ ...lookup, ids: tokenIndices(lookup.ids, tokens), compute: eachByItself(lookup, { numbers, tokens }, column) }); // prettier-ignore
}

/** One sample after the other, so that a number has one token. */
function eachByItself(lookup: Lookup, { numbers, tokens }: Named, column: number): Lookup['compute'] {
  const { fields } = lookup.ids;
  return (rowsOf, columns) => {
    const all = new Uint32Array((numbers.length / fields) * columns);
    for (let at = 0, to = 0; at < numbers.length; at += fields, to += columns) {
      const [number, token] = [numbers[at + column], tokens[at + column]];
      hashed.tokenOf = (x) => (x === number ? token : x);
      try {
        all.set(rowsOf(numbers.slice(at, at + fields)), to);
      } finally {
        hashed.tokenOf = undefined;
      }
    }
    const computed = lookup.compute(() => all, columns) as HostIndices;
    // Ids may be among what is computed, in any column: they have the token of the sample's number.
    const perColumn = (ids: Uint32Array) =>
      all.map((_, at) => ids[Math.floor(at / columns) * fields + column]);
    return new TokenIndices(computed, perColumn(tokens), perColumn(numbers));
  };
}

const tokenIndices = (ids: Indices, tokens: Uint32Array): Indices =>
  new TokenIndices(ids as HostIndices, tokens, valuesOf(ids));

/** Numbers with their tokens: a number that is what it was is hashed by its token, all that was made of one as it is. */
class TokenIndices implements IndicesInMemory {
  private readonly now: HostIndices;
  private readonly tokens: Uint32Array;
  private readonly numbers: Uint32Array;

  constructor(now: HostIndices, tokens: Uint32Array, numbers: Uint32Array) {
    this.now = now;
    this.tokens = tokens;
    this.numbers = numbers;
  }

  get values(): Uint32Array {
    return this.now.values;
  }

  get batch(): number {
    return this.now.batch;
  }

  get fields(): number {
    return this.now.fields;
  }

  plus = (addend: PerField) => this.with(this.now.plus(addend));
  div = (divisor: PerField) => this.with(this.now.div(divisor));
  mod = (divisor: PerField) => this.with(this.now.mod(divisor));
  and = (mask: PerField) => this.with(this.now.and(mask));
  within = (from: PerField, to: PerField) => this.with(this.now.within(from, to));
  through = (map: IdMap) => this.now.through(map);
  toFloats = () => this.now.toFloats();

  hash(seed: PerField): Indices {
    const tokens = this.values.map((value, at) => (value === this.numbers[at] ? this.tokens[at] : value));
    return new HostIndices(tokens, this.batch, this.fields).hash(seed);
  }

  pick(fields: readonly number[]): Indices {
    const picked = (values: Uint32Array) =>
      valuesOf(new HostIndices(values, this.batch, this.fields).pick(fields));
    return new TokenIndices(this.now.pick(fields) as HostIndices, picked(this.tokens), picked(this.numbers));
  }

  orElse(here: readonly boolean[], other: Indices): Indices {
    // A vector that another id has is not hashed by its token again, unless it has tokens itself.
    const plain = valuesOf(other);
    const [tokens, numbers] = other instanceof TokenIndices ? [other.tokens, other.numbers] : [plain, plain];
    const chosen = (a: Uint32Array, b: Uint32Array) =>
      new HostIndices(a, this.batch, this.fields).orElse(here, new HostIndices(b, this.batch, this.fields));
    return new TokenIndices(
      chosen(this.values, plain) as HostIndices,
      valuesOf(chosen(this.tokens, tokens)),
      valuesOf(chosen(this.numbers, numbers)),
    );
  }

  private with(now: Indices): Indices {
    return new TokenIndices(now as HostIndices, this.tokens, this.numbers);
  }
}
