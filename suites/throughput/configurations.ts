import { type OptimizerRule, optimizerRules } from '../../harness/contract/backend.ts';
import type { Infeasible, Layer, Plan } from '../../harness/contract/method.ts';
import { deriveSeed } from '../../base/hash.ts';
import { budgetFor, sizeOf, tableFloats, tableRows } from '../../harness/contract/size.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { findModel, widthUnder } from '../find-model.ts';
import { findMethod } from '../find-method.ts';
import { originsOf, type PluginIdentity } from '../../plugins/index.ts';
import { parseOptions } from '../../base/parse-options.ts';
import { scaledKaggleFields } from '../described/kaggle.ts';
import { methodsAtRatios } from '../job.ts';
import type { ThroughputSettings } from './settings.ts';

/** One of ours: what a process builds once and is timed at, at every batch size. JSON. */
export interface Configuration {
  readonly method: string;
  readonly options: Record<string, unknown>;
  readonly compression: number;
  readonly backend: string;
  readonly threads: number;
  readonly optimizer: OptimizerRule;
  /** True: rows may be in the worker's JavaScript where the backend lacks the optimizer. */
  readonly hostRows?: true;
  readonly scale: number;
  readonly dim: number;
  readonly model: string;
  readonly modelOptions: Readonly<Record<string, unknown>>;
  /** The plug-ins that its method and model came from; absent if both are this project's. */
  readonly plugins?: readonly PluginIdentity[];
}

/** Every method on every backend that opened, at every width and scale under every rule. Throws a UserError for unknown names. */
export function expandConfigurations(
  settings: ThroughputSettings,
  openings: readonly Pick<Configuration, 'backend' | 'threads'>[],
): Configuration[] {
  const { scales } = settings;
  const model = findModel(settings.model);
  const dims = [...new Set(settings.dims.map((dim) => widthUnder(model, dim)))];
  const modelOptions = parseOptions(model, settings.modelOptions) as Record<string, unknown>;
  const asked = methodsAtRatios(settings);
  const rules = optimizerRules.filter((rule) => settings.optimizers.includes(rule));
  const configurations = rules.flatMap((optimizer) =>
    dims.flatMap((dim) =>
      scales.flatMap((scale) =>
        openings.flatMap(({ backend, threads }) =>
          asked.map((what) => ({
            ...what,
            backend,
            threads,
            optimizer,
            ...(settings.hostRows && { hostRows: true as const }),
            scale,
            dim,
            model: model.name,
            modelOptions,
            ...pluginsOf(what.method, model.name),
          })),
        ),
      ),
    ),
  );
  return [...new Map(configurations.map((one) => [JSON.stringify(one), one])).values()]; // --method md,md asks once
}

function pluginsOf(method: string, model: string): Pick<Configuration, 'plugins'> {
  const plugins = originsOf({ method, model });
  return plugins ? { plugins } : {};
}

/** `full 1x, wasm, 1 thread, sgd, dim 16, scale 0.1`, without the scale where it is 1. */
export function titleOf({
  method,
  compression,
  backend,
  threads,
  optimizer,
  dim,
  scale,
}: Configuration): string {
  const plural = threads === 1 ? '' : 's';
  return `${method} ${compression}x, ${backend}, ${threads} thread${plural}, ${optimizer}, ${sizeText({ dim, scale })}`;
}

export function sizeText({ dim, scale }: Pick<Configuration, 'dim' | 'scale'>): string {
  return `dim ${dim}${scale === 1 ? '' : `, scale ${scale}`}`;
}

/** The layer that all configurations of this scale and width are asked for. */
export function layerOf({
  scale,
  dim,
  compression,
}: Pick<Configuration, 'scale' | 'dim' | 'compression'>): Layer {
  const fields = scaledKaggleFields(scale);
  return { fields, dim, budget: budgetFor({ fields, dim }, compression), seed: deriveSeed(1, 'method') };
}

export function planOf(configuration: Configuration, layer = layerOf(configuration)): Plan | Infeasible {
  const method = findMethod(configuration.method);
  return method.plan(layer, method.options.parse(configuration.options));
}

/** The size of a configuration, counted from its plan before anything is built. */
export interface ConfigurationSize {
  readonly servingBytes: number;
  /** Rows and the optimizer's state of them. */
  readonly tableBytes: number;
}

export function sizeOfConfiguration(plan: Plan, optimizer: OptimizerRule): ConfigurationSize {
  const rule = optimizers[optimizer];
  const floats = plan.tables.reduce((sum, table) => {
    const { width, stride = width } = table;
    // Every float has a state of its own where rows overlap.
    const state =
      stride < width ? rule.stateFloats(tableFloats(table), 1) : rule.stateFloats(tableRows(table), width);
    return sum + tableFloats(table) + state.reduce((total, each) => total + each, 0);
  }, 0);
  return { servingBytes: sizeOf(plan).servingBytes, tableBytes: 4 * floats };
}
