import * as tf from '../../tensors/index.ts';
import type { Attribute } from '../program/program.ts';
import { jsonNumber } from './json-number.ts';
import type { Recorded } from './recorded.ts';

type RunKernel = (name: string, inputs: object, attributes?: object) => tf.Tensor | tf.Tensor[];

/** Runs what `make` asks for, and writes down every kernel that it takes. On the plain backend, so that they are ordinary ones. */
export function recordKernels<T>(recorded: Recorded, make: () => T): T {
  const engine = tf.engine() as unknown as { runKernel: RunKernel };
  const own = Object.getOwnPropertyDescriptor(engine, 'runKernel');
  const run: RunKernel = engine.runKernel.bind(engine);
  engine.runKernel = (name, inputs, attributes = {}) => {
    const values = Object.entries(inputs).filter(
      (entry): entry is [string, tf.Tensor] => entry[1] instanceof tf.Tensor,
    );
    const into = Object.fromEntries(values.map(([key, tensor]) => [key, recorded.valueOf(tensor)]));
    const made = run(name, inputs, attributes);
    const results = Array.isArray(made) ? made : [made];
    const out = recorded.add(
      name,
      into,
      results.map(({ shape }) => shape),
      attributesOf(name, attributes),
    );
    results.forEach((tensor, i) => recorded.know(tensor, out[i]));
    return made;
  };
  try {
    return make();
  } finally {
    if (own) Object.defineProperty(engine, 'runKernel', own);
    else delete (engine as Partial<typeof engine>).runKernel;
  }
}

/** Attributes as JSON. Those that are undefined are left out. */
function attributesOf(kernel: string, attributes: object): Record<string, Attribute> {
  const told = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told.map(([name, value]) => [name, asAttribute(value, `${kernel}, ${name}`)]));
}

function asAttribute(value: unknown, what: string): Attribute {
  if (typeof value === 'number') return Object.is(value, -0) ? 0 : jsonNumber(value); // sizes and axes may be -0
  if (value === null || ['boolean', 'string'].includes(typeof value)) return value as Attribute;
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value as ArrayLike<unknown>, (one) => asAttribute(one, what));
  throw new Error(`${what}: an attribute that is not data`);
}
