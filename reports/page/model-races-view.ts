import { baseline } from '../../analysis/comparisons/comparable.ts';
import type { ThroughputGroup } from '../../analysis/throughput/groups.ts';
import { formatCount, formatFixed } from '../format.ts';
import { modelText, peerName, placeText } from '../throughput/names.ts';

/** Training speeds of models with full tables beside PyTorch, as model-races.hbs reads them. */
export interface ModelRacesView {
  readonly tables: readonly ModelRacesTable[];
}

/** The models of one place, optimizer, number of ids and set of PyTorch's modes. */
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
  const raced = groups.flatMap((group) =>
    group.rows.flatMap(({ record, toPeer }) => {
      if (record.method !== baseline || toPeer === undefined || record.software) return [];
      const { setting } = group;
      const place = `${placeText(record)}, ${setting.optimizer}, ${formatCount(setting.ids)} ids`;
      return [
        {
          model: modelText(setting),
          title: titleAmong(groups, group),
          batch: setting.batchSize,
          table: `${place}, beside ${peersText(group)}`,
          ratio: toPeer.train,
        },
      ];
    }),
  );
  if (distinct(raced.map(({ model }) => model)).length < 2) return undefined;
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

/** A model's name, with its width where it was timed at several. */
function titleAmong(groups: readonly ThroughputGroup[], { setting }: ThroughputGroup): string {
  const name = modelText(setting);
  const widths = groups
    .filter((group) => modelText(group.setting) === name)
    .map((group) => group.setting.dim);
  return distinct(widths).length > 1 ? `${name}, dim ${setting.dim}` : name;
}

/** `PyTorch 2.15.0 eager`, or `the faster of PyTorch 2.15.0 compiled and PyTorch 2.15.0 eager`. */
function peersText({ peers }: ThroughputGroup): string {
  const names = distinct(peers.map(({ record }) => peerName(record))).sort();
  return names.length === 1 ? names[0] : `the faster of ${names.join(' and ')}`;
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
