/// <reference types="@webgpu/types" />

/** A compute shader of our own: its buffers, its numbers and its WGSL. */
export interface Program {
  readonly name: string;
  /** Storage buffers, in the order in which `run` takes them. */
  readonly buffers: readonly ProgramBuffer[];
  /** Numbers that come with each dispatch, as fields of `params`: 16 at most. */
  readonly params: readonly (readonly [name: string, type: 'u32' | 'i32' | 'f32'])[];
  /** The WGSL, with an entry point `main`. */
  readonly code: string;
}

export interface ProgramBuffer {
  readonly name: string;
  /** The type of its elements. */
  readonly type: string;
  readonly access: 'read' | 'read_write';
}

/** A buffer that a program reads: `array<f32>` where no type is given. */
export const reads = (name: string, type = 'f32'): ProgramBuffer => ({ name, type, access: 'read' });

/** A buffer that a program writes, and may read. */
export const writes = (name: string, type = 'f32'): ProgramBuffer => ({ name, type, access: 'read_write' });

export function sourceOf({ buffers, params, code }: Program): string {
  const bindings = buffers.map(
    ({ name, type, access }, i) =>
      `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${type}>;\n`,
  );
  const fields = params.map(([name, type]) => `${name}: ${type}`).join(', ');
  const immediate = params.length > 0 ? `struct Params { ${fields} }\nvar<immediate> params: Params;\n` : '';
  return bindings.join('') + immediate + code;
}

/** The numbers of a dispatch in the layout of `params`: every field has four bytes. */
export function packParams({ name, params }: Program, values: readonly number[]): ArrayBuffer {
  if (values.length !== params.length)
    throw new Error(`${name}: ${values.length} numbers for ${params.length} parameters`);
  const packed = new DataView(new ArrayBuffer(4 * params.length));
  params.forEach(([, type], i) => {
    if (type === 'f32') packed.setFloat32(4 * i, values[i], true);
    else if (type === 'i32') packed.setInt32(4 * i, values[i], true);
    else packed.setUint32(4 * i, values[i], true);
  });
  return packed.buffer;
}

/**
 * So many workgroups in one dimension, or where a device allows fewer in one, in two. There may then be some too many:
 * programs compare their index with a count. They take it from the built-ins workgroup_index or global_invocation_index.
 */
export function gridOf(workgroups: number, most: number): [x: number, y: number] {
  if (workgroups <= most) return [workgroups, 1];
  const rows = Math.ceil(workgroups / most);
  return [Math.ceil(workgroups / rows), rows];
}
