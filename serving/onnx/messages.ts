import { type Bytes, bytesIn, float, integer, integers, message, text } from './protobuf.ts';

/**
 * The messages of onnx.proto that models of this project need (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, IR version 8). Numbers of
 * fields and of types are those of that file.
 */

export const elementTypes = {
  float: 1,
  uint8: 2,
  uint16: 4,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
} as const;
export type ElementType = keyof typeof elementTypes;

/** A number is an integer or the float of `{ float }`; a list is of integers. */
export type Attribute = number | { readonly float: number } | readonly number[];

export function nodeMessage(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>>,
): Bytes {
  return message(1, [
    ...inputs.flatMap((name) => text(1, name)),
    ...outputs.flatMap((name) => text(2, name)),
    ...text(3, `${op}_${outputs[0]}`),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, value]) => message(5, attributeContent(name, value))),
  ]);
}

function attributeContent(name: string, value: Attribute): Bytes {
  if (typeof value === 'number') return [...text(1, name), ...integer(3, value), ...integer(20, 2)];
  if ('float' in value) return [...text(1, name), ...float(2, value.float), ...integer(20, 1)];
  return [...text(1, name), ...integers(8, value), ...integer(20, 7)];
}

/** An array that the model brings along; little-endian. */
export const tensorMessage = (
  name: string,
  type: ElementType,
  shape: readonly number[],
  content: Bytes,
): Bytes =>
  message(5, [
    ...integers(1, shape),
    ...integer(2, elementTypes[type]),
    ...text(8, name),
    ...message(9, content),
  ]);

/** An input (field 11) or output (12) of the graph. A text is the name of a size that goes with the batch. */
export function valueMessage(
  field: 11 | 12,
  name: string,
  type: ElementType,
  shape: readonly (number | string)[],
): Bytes {
  const dims = shape.flatMap((size) =>
    message(1, typeof size === 'number' ? integer(1, size) : text(2, size)),
  );
  const tensor = [...integer(1, elementTypes[type]), ...message(2, dims)];
  return message(field, [...text(1, name), ...message(2, message(1, tensor))]);
}

const irVersion = 8;
export const operatorSet = 18;

/** A whole model file. */
export function modelMessage(graph: Bytes, metadata: Readonly<Record<string, string>>): Bytes {
  return [
    ...integer(1, irVersion),
    ...text(2, 'embed-bench'),
    ...message(7, [...graph, ...text(2, 'embed-bench')]),
    ...message(8, [...text(1, ''), ...integer(2, operatorSet)]),
    ...Object.entries(metadata).flatMap(([key, value]) => message(14, [...text(1, key), ...text(2, value)])),
  ];
}

export { type Bytes, bytesIn };
