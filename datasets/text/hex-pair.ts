/** The value of two hex digits read as one big-endian 16-bit integer, or -1. */
export const hexPair: Int16Array = new Int16Array(65_536).fill(-1);

const digits = '0123456789abcdef';
for (const high of digits + 'ABCDEF') {
  for (const low of digits + 'ABCDEF') {
    hexPair[(high.charCodeAt(0) << 8) | low.charCodeAt(0)] = parseInt(high + low, 16);
  }
}
