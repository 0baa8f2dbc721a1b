import type * as tf from '../../tensors/index.ts';

/** The part of tfjs_binding.node, the package's add-on, that is used. Tensors are numbers there. */
export interface Binding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_BOOL: number;
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): Output[];
  deleteTensor(id: number): void;
  isUsingGpuDevice(): boolean;
}

/** The part of the package's NodeJSKernelBackend that is used, which its types keep private. */
export interface PackageBackend {
  readonly binding: Binding;
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createOutputTensor(output: Output): tf.Tensor;
}

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string | boolean | readonly number[];
}

export interface Output {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** A tensor of TensorFlow's that tfjs does not know: no tape sees it, no tidy disposes it. */
export class Handle {
  private readonly binding: Binding;
  readonly id: number;

  constructor(binding: Binding, id: number) {
    this.binding = binding;
    this.id = id;
  }

  dispose(): void {
    this.binding.deleteTensor(this.id);
  }
}

export type Input = tf.Tensor | Handle;

/** Runs TensorFlow's operations by name, those that tfjs has no kernel for. */
export class Operations {
  private readonly backend: PackageBackend;
  private readonly binding: Binding;

  constructor(backend: PackageBackend) {
    this.backend = backend;
    this.binding = backend.binding;
  }

  type(name: string, type: 'float32' | 'int32'): Attribute {
    const value = type === 'float32' ? this.binding.TF_FLOAT : this.binding.TF_INT32;
    return { name, type: this.binding.TF_ATTR_TYPE, value };
  }

  shape(name: string, value: readonly number[]): Attribute {
    return { name, type: this.binding.TF_ATTR_SHAPE, value };
  }

  string(name: string, value: string): Attribute {
    return { name, type: this.binding.TF_ATTR_STRING, value };
  }

  boolean(name: string, value: boolean): Attribute {
    return { name, type: this.binding.TF_ATTR_BOOL, value };
  }

  /** Runs an operation without results. */
  run(name: string, attributes: readonly Attribute[], inputs: readonly Input[]): void {
    this.binding.executeOp(name, attributes, this.ids(inputs), 0);
  }

  /** A result that tfjs owns: it is recorded and disposed like any other. */
  tensor(name: string, attributes: readonly Attribute[], inputs: readonly Input[]): tf.Tensor {
    return this.backend.createOutputTensor(this.binding.executeOp(name, attributes, this.ids(inputs), 1)[0]);
  }

  /** A result that the caller owns. */
  handle(name: string, attributes: readonly Attribute[], inputs: readonly Input[]): Handle {
    return new Handle(this.binding, this.binding.executeOp(name, attributes, this.ids(inputs), 1)[0].id);
  }

  private ids(inputs: readonly Input[]): number[] {
    return inputs.map((input) =>
      input instanceof Handle ? input.id : this.backend.getInputTensorIds([input])[0],
    );
  }
}
