import { families, trainingCosts } from '../../harness/contract/kinds.ts';
import type { describeWrapper, MethodDescription } from '../../suites/described/describe-method.ts';
import type { OptionDescription } from '../../base/describe-options.ts';
import { defaultText, rangeText } from './method-text.ts';

type WrapperDescription = ReturnType<typeof describeWrapper>;

/** docs/methods.md: a table of all methods, and a card for each, by family. */
export function methodCards(
  methods: readonly MethodDescription[],
  wrappers: readonly WrapperDescription[],
): string {
  const used = Object.entries(trainingCosts).filter(([cost]) =>
    methods.some((method) => method.cost === cost),
  );
  const present = families.filter((family) => methods.some((method) => method.family === family));
  return [
    '# Methods',
    '<!-- Written by `npm run docs` from methods/; a test keeps it up to date. -->',
    `There are ${methods.length} methods${wrappers.length > 0 ? `, and ${wrappers.length} wrappers for any of them` : ''}. ` +
      'Compression is full bytes / serving bytes of the largest and the smallest layer that a method can make on Criteo ' +
      'Kaggle’s 33,762,577 ids in 26 fields at dim 16 with default options. The range says nothing about the cost in AUC.',
    'In formulas, E(i) is the vector of id i of a field with n ids, d its width, T[i] a row of a table, h a hash, ' +
      '∘ the product by coordinates, C codebooks, σ the logistic function.',
    'Departures say what is done otherwise than in the paper, or in its authors’ code, and why. All methods are trained by the same ' +
      'protocol: one epoch of Adagrad by default, a common width and a budget in bytes, whatever their papers had; that is not repeated. ' +
      'An effect on AUC is that of the paper’s way: its test AUC less that of the default, the mean over seeds with the 95 % ' +
      'interval of the paired difference. “Planted clicks” are 40,000 generated rows; three seeds unless another number is named.',
    'Cost of training, compared with a full table:',
    used.map(([cost, meaning]) => `- **${cost}**: ${meaning}.`).join('\n'),
    ...present.map((family) => overview(family, members(methods, family))),
    ...(wrappers.length > 0 ? [wrapperOverview(wrappers)] : []),
    ...present.flatMap((family) => [
      `## ${capital(family)}`,
      ...members(methods, family).flatMap((method) => methodCard(method)),
    ]),
    ...(wrappers.length > 0
      ? ['## Around another method', ...wrappers.flatMap((one) => wrapperCard(one))]
      : []),
  ]
    .join('\n\n')
    .concat('\n');
}

const members = (methods: readonly MethodDescription[], family: string) =>
  methods.filter((method) => method.family === family);

function overview(family: string, methods: readonly MethodDescription[]): string {
  const rows = methods.map(({ name, aliases, idea, compression, cost }) =>
    row([link(name), codes(aliases), idea, rangeText(compression), cost]),
  );
  return [row([capital(family), 'short', 'idea', 'compression', 'training']), rule(5), ...rows].join('\n');
}

function wrapperOverview(wrappers: readonly WrapperDescription[]): string {
  const rows = wrappers.map(({ name, aliases, idea }) =>
    row([`[\`${name}(...)\`](#${name})`, codes(aliases), idea]),
  );
  return [row(['Around another method', 'short', 'idea']), rule(3), ...rows].join('\n');
}

function methodCard(method: MethodDescription): string[] {
  const { name, aliases, title, idea, formula, paper, departures, compression, cost, options } = method;
  return [
    `### ${name}`,
    `**${title}**${aliases.length > 0 ? ` (${codes(aliases)})` : ''}: ${idea}.`,
    [
      ...formulaLine(formula),
      `- Paper: [${paper.cite}](${paper.url})`,
      `- Compression: ${rangeText(compression)}`,
      `- Training: ${trainingCosts[cost]}`,
      ...(options.length === 0 ? ['- Options: none'] : []),
    ].join('\n'),
    ...departureList(departures),
    ...optionTable(options),
  ];
}

function wrapperCard(wrapper: WrapperDescription): string[] {
  const { name, aliases, title, idea, formula, paper, departures, options } = wrapper;
  return [
    `### ${name}`,
    `**${title}**${aliases.length > 0 ? ` (${codes(aliases)})` : ''}: ${idea}. Around a method: \`--method '${name}(md)'\`.`,
    [
      ...formulaLine(formula),
      `- Paper: [${paper.cite}](${paper.url})`,
      ...(options.length === 0 ? ["- Options: the method's"] : ["- Options, beside the method's:"]),
    ].join('\n'),
    ...departureList(departures),
    ...optionTable(options),
  ];
}

function departureList(departures: MethodDescription['departures']): string[] {
  if (departures.length === 0) return ['Departures from the paper: none known.'];
  const lines = departures.map(({ what, why }) => `- ${escape(capital(what))}: ${escape(why)}.`);
  return [`Departures from the paper:\n\n${lines.join('\n')}`];
}

function optionTable(options: readonly OptionDescription[]): string[] {
  if (options.length === 0) return [];
  const rows = options.map((option) =>
    row([`\`${option.name}\``, `\`${defaultText(option)}\``, option.values, option.about]),
  );
  return [[row(['option', 'default', 'values', '']), rule(4), ...rows].join('\n')];
}

const formulaLine = (formula: string | null) => (formula === null ? [] : [`- Formula: \`${formula}\``]);
const row = (cells: readonly string[]) => `| ${cells.map(escape).join(' | ')} |`;
const rule = (columns: number) => `|${'---|'.repeat(columns)}`;
const escape = (text: string) => text.replaceAll('|', '\\|');
const codes = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
const link = (name: string) => `[\`${name}\`](#${name})`;
const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
