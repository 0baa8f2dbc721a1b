import { columns } from '../../reports/table/columns.ts';

/** docs/table.md, made from the columns. */
export function tablePage(): string {
  const cells = columns.map(
    ({ name, type, unit, about }) =>
      `| \`${name}\` | ${type} | ${unit ?? ''} | ${about.replaceAll('|', '\\|')} |`,
  );
  return `${opening}\n| column | type | unit | meaning |\n|---|---|---|---|\n${cells.join('\n')}\n`;
}

const opening = `# Runs as one flat table

Written by \`npm run docs\` from reports/table/columns.ts.

\`\`\`
npm run table -- results/my-recording --out runs.parquet
npm run table -- recordings/2026-11-23-planted recordings/2026-11-23-criteo-sample --out runs.csv
\`\`\`

Each run is a row, whatever its status. Several recordings may be in one table; \`recording\` tells them apart. Speeds of two machines are not
comparable, and neither are runs with another \`data_fingerprint\`. Means of a method leave out the rows with \`chooses_rate\`, and those whose learning rate was
not chosen (\`npm run report -- results/NAME --json\` says which was).

| type | Parquet | CSV |
|---|---|---|
| text | STRING | text, in quotes where it needs them |
| json | STRING that holds one JSON value | the same |
| int | INT64 | digits |
| double | DOUBLE | the shortest digits that give the number again |
| boolean | BOOLEAN | true, false |
| time | TIMESTAMP, milliseconds, UTC | ISO 8601 |

A cell is null in Parquet, and empty in CSV, where a run has no such number: it did not complete, or its record is older than the number.

DuckDB reads both: \`SELECT method, requested_compression, avg(auc) FROM 'runs.parquet' WHERE status = 'completed' AND NOT chooses_rate GROUP BY ALL\`. Arquero
reads the CSV with \`fromCSV\`; pandas and Polars read both.
`;
