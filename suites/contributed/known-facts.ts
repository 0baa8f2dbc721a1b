/** Members of the facts of prepared data, in this version and in earlier ones. Whatever else stands there may be rows of a log. */
const known = [
  ...[
    'origin',
    'checksum',
    'split',
    'minCount',
    'order',
    'idsPerToken',
    'dense',
    'logTransform',
    'badLines',
    'maxIdsPerField',
  ],
  ...['days', 'weights', 'counts', 'sides', 'published', 'clickRate', 'fields', 'ids', 'headShares'],
];

/** Members of a field that are texts; all others are numbers, or objects of numbers. */
const fieldTexts = ['name', 'pool', 'kind'];

/** Problems of `data.facts`: members that no preparation writes. Facts count tokens of a log and never hold one. */
export function factProblems(facts: Readonly<Record<string, unknown>>): string[] {
  const others = Object.keys(facts).filter((name) => !known.includes(name));
  const fields = Array.isArray(facts.fields) ? (facts.fields as unknown[]) : [];
  const { headShares } = facts;
  return [
    ...(headShares === undefined || isNumeric(headShares)
      ? []
      : ['data.facts.headShares: has no number for each ratio; tokens of a log may not be published']),
    ...others.map(
      (name) => `data.facts.${name}: no preparation writes it; rows of a log may not be published`,
    ),
    ...fields.flatMap((field, i) =>
      Object.entries(field ?? {})
        .filter(([name, value]) => !fieldTexts.includes(name) && !isNumeric(value))
        .map(
          ([name]) => `data.facts.fields[${i}].${name}: is no number; tokens of a log may not be published`,
        ),
    ),
  ];
}

function isNumeric(value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((inner) => typeof inner === 'number');
}
