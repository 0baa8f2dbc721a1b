import type { Converter } from '../../harness/contract/conversion.ts';
import { embedInPlaceOf } from '../../harness/contract/known-embed.ts';
import type { Plan, Stage, StateOrigin, Storage, Table, Weight } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { storedBytes } from '../../harness/contract/storage.ts';

/** Storage of a table. */
export type Form = (table: Table) => Storage;

/** The table in that form, where it has none of its own and takes less in it. */
export function storedIn(form: Form, table: Table): Table {
  if (table.stored !== undefined) return table;
  const stored = { ...table, stored: form(table) };
  return storedBytes(stored) < storedBytes(table) ? stored : table;
}

/** Serving bytes of a plan whose tables are stored in that form. */
export function bytesIn(form: Form, { serving, ...plan }: Plan): number {
  const served = serving ?? plan;
  return sizeOf({ ...served, tables: served.tables.map((table) => storedIn(form, table)) }).servingBytes;
}

/**
 * A plan whose tables are stored in another form, and those of all stages after it. It still names its own tables: what
 * it asks of them is asked of these. `formFor`: of a stage, which may be another one for each.
 */
export function withStoredTables(plan: Plan, formFor: (stage: Plan) => Form): Plan {
  return replaceTables(plan, formFor).plan;
}

/** A plan with other tables, and which has taken a table's place. */
interface Replaced {
  readonly plan: Plan;
  readonly outer: (table: Table) => Table;
}

function replaceTables(plan: Plan, formFor: (stage: Plan) => Form): Replaced {
  const form = formFor(plan);
  const stored = plan.tables.map((table) => storedIn(form, table));
  const outward = new Map(plan.tables.map((table, i) => [table, stored[i]]));
  const inward = new Map(plan.tables.map((table, i) => [stored[i], table]));
  const outer = (table: Table) => outward.get(table) ?? table;
  const inner = (table: Table) => inward.get(table) ?? table;
  const { serving } = plan;
  const { converter } = plan;
  const replaced: Plan = {
    ...plan,
    ...(converter && { converter: convertedTo(converter, formFor) }),
    tables: stored,
    embed: embedInPlaceOf(plan, outer),
    ...(serving && { serving: { ...serving, tables: serving.tables.map((t) => storedIn(form, t)) } }),
    ...(plan.afterStep && {
      afterStep: (step) =>
        plan.afterStep!({
          ...step,
          gradients: step.gradients.map(({ table, gradient }) => ({ table: inner(table), gradient })),
          read: (table, ...rest) => step.read(outer(table), ...rest),
          write: (table, ...rest) => step.write(outer(table), ...rest),
          copy: (table, ...rest) => step.copy(outer(table), ...rest),
        }),
    }),
    ...(plan.next && {
      next: async (trained) =>
        replaceStage(
          await plan.next!({
            ...trained,
            rows: (table) => trained.rows(outer(table)),
            initialRows: (table) => trained.initialRows(outer(table)),
            auc: (embed, rows) => trained.auc(embedInPlaceOf({ embed }, outer), rows),
          }),
          formFor,
          plan,
          outer,
        ),
    }),
  };
  return { plan: replaced, outer };
}

/** The same rows, in another form; it is that of a last stage. */
function convertedTo(converter: Converter, formFor: (stage: Plan) => Form): Converter {
  return {
    ...converter,
    convert(rowsOf) {
      const conversion = converter.convert(rowsOf);
      const form = formFor({ ...conversion.plan, embed: neverAsked });
      const stored = new Map(conversion.plan.tables.map((table) => [table, storedIn(form, table)]));
      return {
        ...conversion,
        plan: { ...conversion.plan, tables: [...stored.values()] },
        tables: new Map([...conversion.tables].map(([table, pieces]) => [stored.get(table)!, pieces])),
      };
    },
  };
}

const neverAsked = (): never => {
  throw new Error('a form depends on sizes alone');
};

/** `before` and `outerBefore`: of the stage before, whose tables' states continue by the names that the method gave them. */
function replaceStage(
  { plan, contents, network, states }: Stage,
  formFor: (stage: Plan) => Form,
  before: Plan,
  outerBefore: Replaced['outer'],
): Stage {
  const replaced = replaceTables(plan, formFor);
  const through = (outer: Replaced['outer']) => (key: Table | Weight) => ('parts' in key ? outer(key) : key);
  const [keyOf, keyBefore] = [through(replaced.outer), through(outerBefore)];
  const same = plan.tables.filter((table) => before.tables.includes(table));
  const origins = new Map<Table | Weight, StateOrigin>([
    ...same.map((of) => [of, { of }] as const),
    ...(states ?? []),
  ]);
  return {
    plan: replaced.plan,
    ...(contents && { contents: new Map([...contents].map(([key, floats]) => [keyOf(key), floats])) }),
    network,
    states: new Map(
      [...origins].map(([key, origin]) => [keyOf(key), { ...origin, of: keyBefore(origin.of) }]),
    ),
  };
}
