/** What hovering over a mark says: here as its accessible name, in tools that draw the exported specification as tooltip. */
export const saying = {
  description: { field: 'description', type: 'nominal' as const },
  tooltip: { field: 'description', type: 'nominal' as const },
};
