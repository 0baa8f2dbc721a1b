import { baseline } from '../../analysis/comparisons/comparable.ts';
import type { ThroughputGroup } from '../../analysis/throughput/groups.ts';
import { formatCount, formatFixed } from '../format.ts';
import { modelText, placeText } from '../throughput/names.ts';

/** Training speeds of models with full tables beside PyTorch, as model-races.hbs reads them: a table for each place and optimizer. */
export interface ModelRacesView {
  readonly tables: readonly ModelRacesTable[];
}

interface ModelRacesTable {
  readonly id: string;
  readonly title: string;
  readonly batches: readonly string[];
  readonly rows: readonly { readonly title: string; readonly cells: readonly Cell[] }[];
}

/** A ratio by round with its spread; without text where a model was not timed at a batch size. */
interface Cell {
  readonly text?: string;
  readonly error?: string;
}

/** Undefined with fewer than two models: the sections of one model say it all. */
export function modelRacesView(groups: readonly ThroughputGroup[]): ModelRacesView | undefined {
  const raced = groups.flatMap(({ setting, rows }) =>
    rows.flatMap(({ record, toPeer }) =>
      record.method !== baseline || toPeer === undefined
        ? []
        : [
            {
              title: modelText(setting),
              batch: setting.batchSize,
              table: `${placeText(record)}, ${setting.optimizer}`,
              ratio: toPeer.train,
            },
          ],
    ),
  );
  if (distinct(raced.map(({ title }) => title)).length < 2) return undefined;
  const tables = distinct(raced.map(({ table }) => table)).map((title, i) => {
    const here = raced.filter(({ table }) => table === title);
    const batches = distinct(here.map(({ batch }) => batch)).sort((a, b) => a - b);
    const rows = distinct(here.map((one) => one.title)).map((model) => ({
      title: model,
      cells: batches.map((batch): Cell => {
        const ratio = here.find((one) => one.title === model && one.batch === batch)?.ratio;
        if (ratio === undefined) return {};
        const error = ratio.error === undefined ? {} : { error: `± ${formatFixed(ratio.error, 2)}` };
        return { text: formatFixed(ratio.value, 2), ...error };
      }),
    }));
    return { id: `models-${i + 1}`, title, batches: batches.map(formatCount), rows };
  });
  return { tables };
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
