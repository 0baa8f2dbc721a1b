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
    budgets: z.strictObject({
      methods: names,
      panels: z.array(z.strictObject({ title: z.string(), recording: z.string() })),
    }),
    models: z.strictObject({
      compression: z.number(),
      methods: names,
      columns: z.array(z.strictObject({ name: z.string(), recording: z.string() })),
    }),
    rows: z.strictObject({ methods: names, recordings: names }),
  })
  .parse(JSON.parse(readFileSync(new URL('findings.json', import.meta.url), 'utf8')));

const recorded = (name: string) => readRecording(join(projectRoot, 'recordings', name));

/** The figures of docs/findings.md by their paths in this project, each drawn from the recordings that findings.json names. */
export async function writtenFigures(): Promise<Record<string, string>> {
  return {
    'docs/figures/budgets.svg': await figure(budgets(), 'budgets', 'Change of test AUC from full tables by compression, on the Criteo sample and on MovieLens'), // prettier-ignore
    'docs/figures/models.svg': await figure(models(), 'models', `Ranks of methods by test AUC at ${formatRatio(shown.models.compression)} of the Criteo sample, by model`), // prettier-ignore
    'docs/figures/rows.svg': await figure(rows(), 'rows', 'Change of test AUC from full tables by rows of planted clicks, at 16x'), // prettier-ignore
  };
}

function budgets(): object {
  const { methods, panels } = shown.budgets;
  const axis = { xTitle: 'compression', ticks: [4, 16, 64, 256], tickLabel: "datum.value + 'x'" };
  const drawn = panels.map(({ title, recording }) =>
    linePanel({ title, points: changesByBudget(recorded(recording), methods), ...axis }, methods),
  );
  return { hconcat: drawn, spacing: 30 };
}

function models(): object {
  const { compression, methods, columns } = shown.models;
  const found = columns.map(({ name, recording }) => ({
    name,
    points: changesByBudget(recorded(recording), methods).filter(({ x }) => x === compression),
  }));
  return rankPanel(found, methods);
}

function rows(): object {
  const { methods, recordings } = shown.rows;
  const axis = {
    xTitle: 'rows',
    ticks: [100_000, 1_000_000, 10_000_000, 100_000_000],
    tickLabel: "format(datum.value / 1e6, '~f') + ' M'",
  };
  const points = changesByRows(recordings.map(recorded), methods);
  return linePanel({ title: 'planted, 16x, one seed', points, ...axis }, methods);
}

/** A drawing that stands alone, as wide as it takes. */
async function figure(spec: object, name: string, label: string): Promise<string> {
  const svg = await drawSvg({ ...spec, padding: 8 } as unknown as TopLevelSpec, { name, label });
  const width = /viewBox="0 0 (\d+(?:\.\d+)?) /.exec(svg)![1];
  return `${standAlone(svg, Math.ceil(Number(width)))}\n`;
}
