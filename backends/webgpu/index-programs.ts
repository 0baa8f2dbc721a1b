import { type IndexOperation, none } from '../../harness/contract/backend.ts';
import { faultsBuffer, reportFault } from './faults.ts';
import { mix32 } from './hash.ts';
import { type Program, type ProgramBuffer, reads, writes } from './program.ts';

/** Index arithmetic in WGSL's unsigned 32-bit integers: exact, like the host's (harness/embedding/host-index-loops.ts). */

/** One thread for each index that comes out, of column `field`; `value` is the one at its place. */
function program(
  name: string,
  operands: readonly ProgramBuffer[],
  expression: string,
  extra: { readonly params?: Program['params']; readonly code?: string; readonly value?: string } = {},
): Program {
  const { params = [], code = '', value = 'values[i]' } = extra;
  return {
    name,
    buffers: [reads('values', 'u32'), writes('derived', 'u32'), ...operands],
    params: [['count', 'u32'], ['fields', 'u32'], ...params],
    code: /* wgsl */ `${code}
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_index) i: u32) {
  if (i >= params.count) { return; }
  let field = i % params.fields;
  let value = ${value};
  derived[i] = ${expression};
}`,
  };
}

const operand = reads('operands', 'u32');
const unlessNone = (expression: string) => `select(${expression}, ${none}u, value == ${none}u)`;

export const arithmetic: Readonly<Record<IndexOperation, Program>> = {
  plus: program('IndicesPlus', [operand], unlessNone('value + operands[field]')),
  div: program('IndicesDiv', [operand], unlessNone('value / operands[field]')),
  mod: program('IndicesMod', [operand], unlessNone('value % operands[field]')),
  and: program('IndicesAnd', [operand], unlessNone('value & operands[field]')),
  hash: program('IndicesHash', [operand], unlessNone('hash32(value, operands[field])'), { code: mix32 }),
};

export const within = program(
  'IndicesWithin',
  [reads('starts', 'u32'), reads('ends', 'u32')],
  `select(${none}u, value - starts[field], value >= starts[field] && value < ends[field])`,
);

export const pick = program('IndicesPick', [reads('columns', 'u32')], 'value', {
  params: [['fieldsBefore', 'u32']],
  value: 'values[i / params.fields * params.fieldsBefore + columns[field]]',
});

export const choose = program(
  'IndicesChoose',
  [reads('here', 'u32'), reads('others', 'u32')],
  'select(others[i], value, here[field] == 1u)',
);

export const through = program('IndicesThrough', [reads('map', 'u32'), faultsBuffer], 'mapped(value)', {
  params: [['entries', 'u32']],
  code: /* wgsl */ `${reportFault('map')}
fn mapped(index: u32) -> u32 {
  if (index < params.entries) { return map[index]; }
  if (index != ${none}u) { reportFault(index, params.entries); }
  return ${none}u;
}`,
});

/** Integers below 2^24 as they are. */
export const toFloats: Program = {
  name: 'IndicesToFloats',
  buffers: [reads('values', 'u32'), writes('floats')],
  params: [['count', 'u32']],
  code: /* wgsl */ `
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_index) i: u32) {
  if (i < params.count) { floats[i] = f32(values[i]); }
}`,
};
