/** Pieces of WGSL that several kernels are made of. */

/** Template text for every i from 0 to n. */
export const each = (n: number, text: (i: number) => string, separator = '\n') =>
  Array.from({ length: n }, (_, i) => text(i)).join(separator);

/** An entry point with the workgroup's index and the thread's in it. Unlike workgroup_index, this one lets barriers follow. */
export const main = (threads: number, body: string) => `
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = id.x + id.y * grid.x;
${body}
}`;

/**
 * max(0, x) on the bits: compilers may take for granted that there is no NaN, and would then make max(0, NaN) 0. Zero where
 * the bits are those of -0 to -Infinity, x elsewhere: a loss that is NaN stays so. The same for a quad.
 */
export const relu = `
fn relu(x: f32) -> f32 {
  return select(x, 0.0, bitcast<u32>(x) - 0x80000000u <= 0x7f800000u);
}
fn relu4(x: vec4f) -> vec4f {
  return select(x, vec4f(), bitcast<vec4u>(x) - vec4u(0x80000000u) <= vec4u(0x7f800000u));
}`;
