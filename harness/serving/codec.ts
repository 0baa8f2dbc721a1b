/** A form of storing a table's floats, and of reading any stretch of them without decoding the rest. */
export interface Codec {
  /** Returns as many bytes as storedBytes says. Where rows overlap, floats are those of the flat memory. */
  encode(floats: Float32Array): Uint8Array;
  /** Reads floats from..from + count into out from `at` on. */
  reader(bytes: Uint8Array): (from: number, count: number, out: Float32Array, at: number) => void;
}
