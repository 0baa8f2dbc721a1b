/** Encodes the text of a mark's tooltip: its accessible name here, a tooltip in tools that draw the exported specification. */
export const tooltip = {
  description: { field: 'description', type: 'nominal' as const },
  tooltip: { field: 'description', type: 'nominal' as const },
};
