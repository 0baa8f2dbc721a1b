import type { Command } from 'commander';

/** Options that recipes set, by their names in code, as the command line has them. */
interface Values {
  readonly protocol: string;
  readonly dense?: string;
  readonly epochs: number;
  readonly optimizer: readonly string[];
  readonly learningRate: readonly number[];
  readonly batch: readonly number[];
  readonly warmUp: number;
  readonly patience?: number;
  readonly reduceOnPlateau?: number;
  readonly l2Rows?: number;
}

interface Recipe {
  readonly name: string;
  readonly about: string;
  readonly values: Values;
}

/** How the two families of published numbers train. Values are those of options, by their names in code. */
export const recipes: readonly Recipe[] = [
  {
    name: 'dlrm',
    about: "one epoch of SGD at 0.1 with batches of 128, temporal split (DLRM's own script)",
    values: {
      ...{ protocol: 'temporal', dense: 'log' },
      ...{ epochs: 1, optimizer: ['sgd'], learningRate: [0.1], batch: [128], warmUp: 0 },
    },
  },
  {
    name: 'fuxictr',
    about:
      'up to 20 epochs of Adam at 0.001 with batches of 4096, patience 2, division by 10 on plateaus, L2 of 0.00001 on rows, ' +
      'random split',
    values: {
      protocol: 'random',
      ...{ epochs: 20, optimizer: ['adam'], learningRate: [0.001], batch: [4096], warmUp: 0 },
      ...{ patience: 2, reduceOnPlateau: 10, l2Rows: 1e-5 },
    },
  },
];

/** Sets what the recipe says and the command does not: given options win, and take with them what would contradict them. */
export function applyRecipe(command: Command, name: string | undefined): void {
  const recipe = recipes.find((one) => one.name === name);
  if (recipe === undefined) return;
  const given = (option: string) => command.getOptionValueSource(option) === 'cli';
  const { epochs, optimizer, decay } = command.opts<{
    epochs: number;
    optimizer?: string[];
    decay?: string;
  }>();
  const dropped = new Set<string>([
    ...(given('epochs') && epochs === 1 ? ['patience', 'reduceOnPlateau'] : []),
    ...(given('logTransform') ? ['dense'] : []),
    ...(given('decay') && decay !== 'none' ? ['reduceOnPlateau'] : []),
    // The recipe's rate is that of its optimizer.
    ...(given('optimizer') && optimizer?.join() !== recipe.values.optimizer?.join() ? ['learningRate'] : []),
  ]);
  for (const [option, value] of Object.entries(recipe.values))
    if (!given(option) && !dropped.has(option)) command.setOptionValueWithSource(option, value, 'recipe');
}
