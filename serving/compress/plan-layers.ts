import { UserError } from '../../base/user-error.ts';
import type { Converter } from '../../harness/contract/conversion.ts';
import { isInfeasible, type Layer, type Method, type Plan } from '../../harness/contract/method.ts';
import { trainingCosts } from '../../harness/contract/kinds.ts';
import { budgetFor, fullSize, tableFloats } from '../../harness/contract/size.ts';
import type { UserTable } from './sources/open-tables.ts';

export interface Asked {
  readonly method: Method;
  /** Parsed by the method's schema. */
  readonly options: unknown;
  /** 32-bit bytes of the tables, divided by those that the result may take. */
  readonly compression: number;
  readonly seed: number;
}

/** Tables of one width, which share a budget, and the plan to convert them. */
export interface PlannedLayer {
  readonly dim: number;
  readonly tables: readonly UserTable[];
  readonly counts: readonly Uint32Array[] | undefined;
  readonly plan: Plan;
  readonly converter: Converter;
}

/**
 * Plans for the tables of each width. Throws a UserError where the method trains more than rows, where no plan fits, and where a method
 * that holds all rows would take more than `memoryBytes`. Without counts all rows count alike.
 */
export function planLayers(
  tables: readonly UserTable[],
  counts: readonly Uint32Array[] | undefined,
  asked: Asked,
  memoryBytes: number,
): PlannedLayer[] {
  const widths = [...new Set(tables.map(({ source }) => source.width))];
  return widths.map((dim) => {
    const places = [...tables.keys()].filter((i) => tables[i].source.width === dim);
    const own = places.map((i) => tables[i]);
    const ownCounts = counts && places.map((i) => counts[i]);
    const fields = own.map(({ name, source: { rows } }, i) => ({
      name,
      cardinality: rows,
      counts: ownCounts?.[i] ?? new Uint32Array(rows).fill(1),
    }));
    const budget = budgetFor({ fields, dim }, asked.compression);
    const { plan, converter } = planOf({ fields, dim, budget, seed: asked.seed }, asked);
    requirePositions(plan);
    if (converter.holds === 'all rows') checkMemory({ fields, dim }, asked.method.name, memoryBytes);
    return { dim, tables: own, counts: ownCounts, plan, converter };
  });
}

/** Throws a UserError for a sparse table of which a float's position has more than 32 bits. */
export function requirePositions({ tables }: Pick<Plan, 'tables'>): void {
  for (const table of tables)
    if (table.stored?.kind === 'sparse' && tableFloats(table) > 2 ** 32)
      throw new UserError(
        `a sparse table of ${tableFloats(table)} floats: positions have 32 bits, for ${2 ** 32}; compress fewer tables at a time (--tables)`,
      );
}

function planOf(layer: Layer, { method, options, compression }: Asked): { plan: Plan; converter: Converter } {
  // prettier-ignore
  const plan = method.plan(layer, options);
  if (isInfeasible(plan)) {
    const whole = method.plan({ ...layer, budget: fullSize(layer).servingBytes }, options);
    if (!isInfeasible(whole) && whole.converter === undefined) throw needsTraining(method, compression);
    const most = fullSize(layer).servingBytes / plan.smallestBytes;
    const rounded = Math.floor(10 * most) / 10;
    throw new UserError(
      `${method.name} cannot make these tables ${compression} times smaller: ${plan.reason}` +
        (rounded > 1 ? `; take --compression ${rounded} or less` : '; take another method'),
    );
  }
  if (plan.converter === undefined) throw needsTraining(method, compression);
  return { plan, converter: plan.converter };
}

/** Most methods learn their rows together with the network. */
function needsTraining({ name, cost = 'step', family }: Method, compression: number): UserError {
  const why =
    cost === 'conversion'
      ? 'needs the look-ups and clicks of a training, which rows and counts do not tell'
      : cost === 'step' && family === 'baseline'
        ? 'learns its rows with the network'
        : `learns what it stores with the network (${trainingCosts[cost].split(/[,:;]/)[0]})`;
  return new UserError(
    `${name} ${why}: it takes a click log, and no tables; train it by npm run bench -- --method '${name}' --compression ${compression}`,
  );
}

/** Methods that compare rows hold them, and about as much again. */
const timesHeld = 3;

function checkMemory(layer: Pick<Layer, 'fields' | 'dim'>, name: string, memoryBytes: number): void {
  const needed = timesHeld * fullSize(layer).servingBytes;
  if (needed > memoryBytes)
    throw new UserError(
      `${name} compares all rows with each other, and holds them: about ${gigabytes(needed)} GB, more than ${gigabytes(memoryBytes)}; raise --memory, or take a method that reads rows in pieces`,
    );
}

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
