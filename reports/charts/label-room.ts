/**
 * Room for labels. Without a font at hand Vega overestimates the width of a text by half and cuts what would fit, so
 * labels are cut by characters.
 */
const longest = 34;
/** The width of a character of 12 px text in the widest of the usual system fonts. */
const pixelsPerCharacter = 7.2;

/** `room`: the pixels that there are for it, if fewer than a long label takes. */
export function shortLabel(label: string, room = Infinity): string {
  const most = Math.min(longest, Math.floor(room / pixelsPerCharacter));
  return label.length <= most ? label : `${label.slice(0, most - 1)}…`;
}

/** Pixels the widest of the labels takes. */
export function labelRoom(labels: readonly string[]): number {
  return Math.ceil(Math.max(0, ...labels.map((label) => shortLabel(label).length)) * pixelsPerCharacter);
}
