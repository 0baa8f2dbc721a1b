import type { View } from 'vega';

/** A mark that Vega is about to draw; the properties that are read here. */
interface Mark {
  readonly marktype: string;
  readonly role?: string;
  name?: string;
  aria?: boolean;
  readonly items: Item[];
}
interface Item {
  readonly datum?: { readonly series?: string; readonly scale?: string };
  description?: string;
  readonly items?: Mark[];
}

/**
 * Tells every mark that a datum of a series made which series that is, by its place, in front of its description:
 * `3;What hovering says`. Axis marks get the axis as their name. The page's scripts live on both (see compact.ts).
 */
export function tellMarks(view: View, places: ReadonlyMap<string, number>): void {
  // The type knows of no root.
  const { root } = view.scenegraph() as unknown as { root: Mark };
  tell(root, places);
}

function tell(mark: Mark, places: ReadonlyMap<string, number>, axis?: string): void {
  const part = mark.role?.replace('axis-', '');
  if (axis !== undefined && (part === 'grid' || part === 'label')) mark.name = `keep_${axis}_${part}`;
  for (const item of mark.items) {
    if (mark.marktype === 'group') {
      const own = mark.role === 'axis' ? item.datum?.scale : undefined;
      for (const inner of item.items ?? []) tell(inner, places, own);
      continue;
    }
    const place = places.get(item.datum?.series ?? '');
    if (place === undefined && item.description === undefined) continue;
    item.description = `${place ?? ''};${item.description ?? ''}`;
    mark.aria = true;
  }
}
