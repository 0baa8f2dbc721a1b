/** base/random.ts in WGSL: the same integers. */
export const mix32 = /* wgsl */ `
fn mix32(start: u32) -> u32 {
  var x = start;
  x = (x ^ (x >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}
fn hash32(x: u32, seed: u32) -> u32 {
  return mix32(mix32(x ^ mix32(seed)) + seed);
}
`;
