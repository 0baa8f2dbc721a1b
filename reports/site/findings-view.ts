import type { Decision, Findings } from '../../analysis/leaderboards/findings.ts';
import type { OverDataSets } from '../../analysis/leaderboards/over-data-sets.ts';
import { overDataSets } from '../../analysis/leaderboards/over-data-sets.ts';
import type { CompletedRow } from '../../analysis/summary/rows.ts';
import { type Figure, drawFigure } from '../page/draw-figure.ts';
import { type Cell, estimateCell, plainCell } from '../cell.ts';
import { gapDomain, gapLanes, gapRoom, gapsChart } from '../charts/gaps.ts';
import { referencesAt } from '../page/figures-view.ts';
import { formatFixed, formatMargin, formatRatio } from '../format.ts';
import { addressOf, reportPath } from './addresses.ts';
import { dayOf } from './published.ts';

/** The choices on a data set, as findings.hbs reads them. */
export interface FindingsView {
  readonly id: string;
  readonly heading: string;
  readonly margin: string;
  readonly recording: { readonly name: string; readonly day: string; readonly href: string };
  /** True if the recording has a linear model beside its methods. */
  readonly linear: boolean;
  readonly rows: readonly {
    readonly budget: string;
    readonly leader: Link | undefined;
    /** "best", or "highest" where it is not shown to be it. */
    readonly standing: string;
    readonly cells: readonly (Cell & { readonly label: string })[];
    /** "12 of 34" */
    readonly openCount: string;
    readonly open: readonly Link[];
    readonly linear: string;
  }[];
  readonly figures: readonly Figure[];
}

interface Link {
  readonly label: string;
  readonly href: string;
}

/** Undefined if no recording of the data compares methods. */
export async function findingsView(
  findings: Findings | undefined,
  { id, heading }: { readonly id: string; readonly heading: string },
  methodPaths: ReadonlyMap<string, string>,
): Promise<FindingsView | undefined> {
  if (findings === undefined) return undefined;
  const { lead, decisions } = findings;
  const linkTo = ({ series }: CompletedRow): Link => ({
    label: series.label,
    href: addressOf(methodPaths.get(series.method)!),
  });
  return {
    id,
    heading,
    margin: formatMargin(lead.comparison.rankings[0].margin),
    recording: {
      name: lead.published.folder,
      day: dayOf(lead.published),
      href: addressOf(reportPath(lead.published)),
    },
    linear: decisions.some(({ linear }) => linear !== undefined),
    rows: decisions.map((decision) => ({
      budget: formatRatio(decision.requested),
      leader: decision.leader && linkTo(decision.leader),
      standing: decision.best ? 'best' : decision.count > 1 ? 'highest' : '',
      cells: [
        { ...estimateCell(decision.leader?.estimates.auc), label: 'Test AUC' },
        {
          ...plainCell(decision.bound === undefined ? '–' : formatFixed(decision.bound), decision.bound),
          label: 'Below the best, at most',
        },
      ],
      openCount: decision.open.length === 0 ? 'no verdicts' : `${decision.open.length} of ${decision.count}`,
      open: decision.open.map(linkTo),
      linear: linearText(decision),
    })),
    figures: await figuresOf(findings, id),
  };
}

/** The place of the linear model at a budget: its AUC, and the methods that are shown to be better. */
function linearText({ linear, count }: Decision): string {
  if (linear === undefined) return '–';
  const auc = formatFixed(linear.linear.estimates.auc.value);
  return linear.beatenBy === undefined ? auc : `${auc}, beaten by ${linear.beatenBy.length} of ${count}`;
}

/** Figures stand side by side below the table. */
const figureWidth = 300;
/** Lines of a figure: with four budgets beside each other, all methods would bury the choice. The report shows them all. */
const maxLanes = 10;

/** One figure for each budget; all of a data set share their axis. */
async function figuresOf({ lead }: Findings, id: string): Promise<Figure[]> {
  const { rankings, rows } = lead.comparison;
  const series = new Map(rows.map((row) => [row.series.key, row.series]));
  const shown = rankings
    .filter(({ leader, rivals }) => leader !== undefined && rivals.length > 0)
    .toSorted((a, b) => a.requested - b.requested);
  const lanes = shown.map((ranking) => {
    const all = gapLanes(ranking, referencesAt(ranking, lead.comparison));
    return all.filter((lane, i) => i < maxLanes || lane.kind === 'reference');
  });
  if (lanes.length === 0) return [];
  const { margin } = shown[0];
  const domain = gapDomain(lanes.flat(), margin);
  const room = gapRoom(lanes.flat());
  const figures: Figure[] = [];
  for (const [index, ranking] of shown.entries())
    figures.push(
      await drawFigure({
        name: `${id}-findings-${index}`,
        title: formatRatio(ranking.requested),
        variants: ['any'],
        series,
        specOf: () => gapsChart({ lanes: lanes[index], margin, domain, room }, figureWidth),
      }),
    );
  return figures;
}

/** All methods over the data sets, as over-data-sets.hbs reads it. */
export interface AggregateView {
  readonly dataSets: string;
  /** The reason why there are no intervals; empty if there are. */
  readonly without: string;
  readonly worseEverywhere: readonly Link[];
  readonly methods: readonly {
    readonly method: string;
    readonly href: string;
    readonly cells: readonly Cell[];
  }[];
}

/** Undefined with fewer than two data sets of common methods. */
export function aggregateView(
  findings: readonly Findings[],
  methodPaths: ReadonlyMap<string, string>,
): AggregateView | undefined {
  const { dataSets, methods } = overDataSets(findings);
  if (dataSets.length < 2 || methods.length === 0) return undefined;
  const linkTo = ({ method }: OverDataSets) => ({ label: method, href: addressOf(methodPaths.get(method)!) });
  return {
    dataSets: dataSets.join(', '),
    without:
      dataSets.length < 3
        ? `${dataSets.length} data sets give no interval of a mean rank: three are the fewest.`
        : '',
    worseEverywhere: methods.filter((one) => one.worseEverywhere).map(linkTo),
    methods: methods.map((one) => ({
      method: one.method,
      href: linkTo(one).href,
      cells: [
        estimateCell(
          one.rank,
          (value) => formatFixed(value, 1),
          (value) => formatFixed(value, 1),
        ),
        plainCell(String(one.missing), one.missing),
      ],
    })),
  };
}
