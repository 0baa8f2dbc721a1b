import { shortLabel } from './label-room.ts';

/** A mark to be named, in pixels of the plot from its upper left corner; `low` and `high`: the ends of its bar. */
export interface LabelledPoint {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** The plot in pixels, with the marks that get no name. */
export interface LabelPlot {
  readonly width: number;
  readonly height: number;
  readonly others?: readonly { readonly x: number; readonly y: number }[];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A label's place beside its point, in pixels. */
export interface PlacedLabel {
  readonly text: string;
  /** The end of the text that is nearer to the point. */
  readonly x: number;
  readonly y: number;
  readonly align: 'left' | 'right';
}

const fontSize = 11;
const pixelsPerCharacter = 6.4;
const beside = 7;
/** Shifts from the height of the point that are tried, the nearest first. */
const shifts = [0, -6, 6, -13, 13, -20, 20];

/**
 * Names marks to their right or left, where the name covers no other mark, bar or name. A name without such a place is left out: the
 * legend has it. Marks with fewer marks around them come first, so that a crowd does not take the room of the others. Marks without a
 * name are covered only where there is no other place.
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  { width, height, others = [] }: LabelPlot,
): PlacedLabel[] {
  const visible = points.filter(({ x, y }) => x >= 0 && x <= width && y >= 0 && y <= height);
  const marks = visible.flatMap(marksOf);
  const near = (point: LabelledPoint) =>
    visible.filter(({ x, y }) => Math.abs(x - point.x) < 60 && Math.abs(y - point.y) < 20).length;
  const order = [...visible].sort((a, b) => near(a) - near(b) || a.x - b.x || a.y - b.y);
  const taken: Box[] = [];
  const quiet = others.map(({ x, y }) => ({ left: x - 3, right: x + 3, top: y - 3, bottom: y + 3 }));
  const isFree = (box: Box, avoided: readonly Box[]) => {
    const inside = box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height;
    return inside && ![...marks, ...taken, ...avoided].some((other) => overlap(box, other));
  };
  return order.flatMap((point) => {
    const places = shifts.flatMap((shift) => [labelAt(point, shift, 'left'), labelAt(point, shift, 'right')]);
    const free = [quiet, []].flatMap((avoided) => places.filter((label) => isFree(boxOf(label), avoided)));
    if (free.length === 0) return [];
    taken.push(boxOf(free[0]));
    return [free[0]];
  });
}

/** The layers of the names, one for each side. They are hidden in an enlarged part of the chart. */
export function pointLabels(points: readonly LabelledPoint[], plot: LabelPlot) {
  const labels = placeLabels(points, plot);
  return (['left', 'right'] as const).map((align) => ({
    name: `keep_notes_${align}`,
    data: { values: labels.filter((label) => label.align === align) },
    mark: { type: 'text', align, baseline: 'middle', fontSize, fill: 'var(--muted)', limit: 1000 },
    encoding: {
      x: { field: 'x', type: 'quantitative', scale: null },
      y: { field: 'y', type: 'quantitative', scale: null },
      text: { field: 'text' },
    },
  }));
}

function labelAt({ label, x, y }: LabelledPoint, shift: number, align: PlacedLabel['align']): PlacedLabel {
  const aside = shift === 0 ? beside : beside - 2;
  const place = x + (align === 'left' ? aside : -aside);
  return { text: shortLabel(label), x: Math.round(place), y: Math.round(y + shift), align };
}

function boxOf({ text, x, y, align }: PlacedLabel): Box {
  const length = text.length * pixelsPerCharacter;
  const [left, right] = align === 'left' ? [x, x + length] : [x - length, x];
  return { left, right, top: y - fontSize / 2, bottom: y + fontSize / 2 };
}

/** The mark and its bar. */
function marksOf({ x, y, low, high }: LabelledPoint): Box[] {
  return [
    { left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 },
    { left: x - 1, right: x + 1, top: Math.min(low, high), bottom: Math.max(low, high) },
  ];
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}
