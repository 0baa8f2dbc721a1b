import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { z } from 'zod';
import { projectRoot } from '../../../base/project-root.ts';
import { drawSvg } from '../../../reports/charts/svg.ts';
import { formatRatio } from '../../../reports/format.ts';
import { standAlone } from '../../../reports/picture.ts';
import { readRecording } from '../../../results/store.ts';
import { changesByBudget, changesByRows } from './changes.ts';
import { linePanel } from './line-panel.ts';
import { rankPanel } from './rank-panel.ts';

const names = z.array(z.string()).min(1);
const shown = z
  .strictObject({
    /** All methods of the figures, in the order of their looks. */
    methods: names,
    budgets: z.strictObject({
      methods: names,
      panels: z.array(z.strictObject({ title: z.string(), recording: z.string() })),
    }),
    models: z.strictObject({
      compressions: z.array(z.number()),
      methods: names,
      columns: z.array(z.strictObject({ name: z.string(), recording: z.string() })),
    }),
    /** `apart`: recordings with other ids for each row. */
    rows: z.strictObject({ methods: names, recordings: names, apart: names }),
  })
  .parse(JSON.parse(readFileSync(new URL('findings.json', import.meta.url), 'utf8')));

const recorded = (name: string) => readRecording(join(projectRoot, 'recordings', name));

/** The figures of docs/findings.md by their paths in this project, each drawn from the recordings that findings.json names. */
export async function writtenFigures(): Promise<Record<string, string>> {
  return {
    'docs/figures/budgets.svg': await figure(budgets(), 'budgets', 'Change of test AUC from full tables by compression, on the Criteo sample and on MovieLens'), // prettier-ignore
    'docs/figures/models.svg': await figure(models(), 'models', 'Ranks of methods by test AUC on the Criteo sample, by model'), // prettier-ignore
    'docs/figures/rows.svg': await figure(rows(), 'rows', 'Change of test AUC from full tables by rows of planted clicks, at 16x'), // prettier-ignore
  };
}

function budgets(): object {
  const { methods, panels } = shown.budgets;
  const axis = { xTitle: 'compression', ticks: [4, 16, 64, 256], tickLabel: "datum.value + 'x'" };
  const drawn = panels.map(({ title, recording }) =>
    linePanel({ title, points: changesByBudget(recorded(recording), methods), ...axis }, shown.methods),
  );
  return { hconcat: drawn, spacing: 30 };
}

function models(): object {
  const { compressions, methods, columns } = shown.models;
  const found = columns.map(({ name, recording }) => ({
    name,
    points: changesByBudget(recorded(recording), methods),
  }));
  const panels = compressions.map((compression) => {
    const here = found.map(({ name, points }) => ({ name, points: points.filter(({ x }) => x === compression) })); // prettier-ignore
    return rankPanel(formatRatio(compression), here, methods, shown.methods);
  });
  return { hconcat: panels, spacing: 40 };
}

function rows(): object {
  const { methods, recordings, apart } = shown.rows;
  const axis = {
    xTitle: 'rows',
    ticks: [100_000, 1_000_000, 10_000_000, 100_000_000],
    tickLabel: "format(datum.value / 1e6, '~f') + ' M'",
  };
  const points = [
    ...changesByRows(recordings.map(recorded), methods, false),
    ...changesByRows(apart.map(recorded), methods, true),
  ];
  return linePanel({ title: 'planted, 16x, one seed; last: other ids', points, ...axis }, shown.methods);
}

/** A drawing that stands alone, as wide as it takes. */
async function figure(spec: object, name: string, label: string): Promise<string> {
  const svg = await drawSvg({ ...spec, padding: 8 } as unknown as TopLevelSpec, { name, label });
  const width = /viewBox="0 0 (\d+(?:\.\d+)?) /.exec(svg)![1];
  return `${standAlone(svg, Math.ceil(Number(width)))}\n`;
}
