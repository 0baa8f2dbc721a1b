import type {
  IndexFormula,
  StoredClassForm,
  StoredSet,
  StoredSlots,
} from '../../harness/contract/index-formula.ts';
import type { IdMap, PerField } from '../../harness/contract/indices.ts';
import type { Attribute } from '../program/program.ts';
import type { Recorded } from './recorded.ts';

/** The number of a map in its plan. */
export type NumberOf = (map: IdMap) => number;

/** Indices as a value of a program: every operation writes a node. */
export class IndexNode implements IndexFormula {
  readonly value: number;
  readonly fields: number;
  private readonly rows: number;
  private readonly recorded: Recorded;
  private readonly numberOf: NumberOf;

  constructor(recorded: Recorded, numberOf: NumberOf, value: number, rows: number, fields: number) {
    this.recorded = recorded;
    this.numberOf = numberOf;
    this.value = value;
    this.rows = rows;
    this.fields = fields;
  }

  plus = (by: PerField): IndexNode => this.by('plus', { by });
  times = (by: PerField): IndexNode => this.by('times', { by });
  div = (by: PerField): IndexNode => this.by('div', { by });
  mod = (by: PerField): IndexNode => this.by('mod', { by });
  and = (by: PerField): IndexNode => this.by('and', { by });
  hash = (by: PerField): IndexNode => this.by('hash', { by });
  within = (from: PerField, to: PerField): IndexNode => this.by('within', { from, to });

  pick(columns: readonly number[]): IndexNode {
    return this.node('pick', {}, { columns: [...columns] }, columns.length);
  }

  through(map: IdMap): IndexNode {
    return this.node('map', {}, { map: this.numberOf(map) });
  }

  with(...others: readonly IndexNode[]): IndexNode {
    if (others.length === 0) return this;
    const all = [this, ...others];
    const fields = all.reduce((sum, one) => sum + one.fields, 0);
    const inputs = Object.fromEntries(all.map(({ value }, i) => [String(i), value]));
    return this.like(this.recorded.add('index-with', inputs, [[this.rows, fields]])[0], fields);
  }

  /** Column by column, this one where `here`, the other where not. */
  choose(here: readonly boolean[], other: IndexNode): IndexNode {
    return this.node('choose', { other: other.value }, { here: here.map(Number) });
  }

  add = (other: IndexNode): IndexNode => this.node('add', { other: other.value });
  or = (other: IndexNode): IndexNode => this.node('or', { other: other.value });
  unless = (other: IndexNode): IndexNode => this.node('unless', { other: other.value });
  among = (set: StoredSet): IndexNode => this.node('among', {}, { set: this.setOf(set) });
  besides = (set: StoredSet): IndexNode => this.node('besides', {}, { set: this.setOf(set) });
  known = (): IndexNode => this.node('known');

  ofClass({ maps, set, offsets, ...classes }: StoredClassForm, label: number): IndexNode {
    const form = {
      ...{ ...classes, offsets: [...offsets], maps: maps.map(this.numberOf) },
      ...(set && { set: this.setOf(set) }),
    };
    return this.node('class', {}, { classes: form, label });
  }

  probed({ keys, ...slots }: StoredSlots): IndexNode {
    return this.node('probed', {}, { slots: { ...slots, keys: this.numberOf(keys) } });
  }

  private setOf({ maps, ...set }: StoredSet): Attribute {
    return { ...set, maps: maps.map(this.numberOf) };
  }

  private by(op: string, operands: Readonly<Record<string, PerField>>): IndexNode {
    const told = Object.entries(operands).map(([name, operand]): [string, Attribute] => [
      name,
      shortest(operand),
    ]);
    return this.node(op, {}, Object.fromEntries(told));
  }

  private node(
    op: string,
    others: Readonly<Record<string, number>> = {},
    attributes: Readonly<Record<string, Attribute>> = {},
    fields = this.fields,
  ): IndexNode {
    const inputs = { x: this.value, ...others };
    const [value] = this.recorded.add(`index-${op}`, inputs, [[this.rows, fields]], attributes);
    return this.like(value, fields);
  }

  private like(value: number, fields: number): IndexNode {
    return new IndexNode(this.recorded, this.numberOf, value, this.rows, fields);
  }
}

/** One number if all are equal; unsigned 32-bit integers. */
function shortest(operand: PerField): Attribute {
  if (typeof operand === 'number') return operand >>> 0;
  const [first, ...others] = Array.from(operand, (one) => one >>> 0);
  return others.every((one) => one === first) ? first : [first, ...others];
}
