import type { TensorInfo } from '../../../tensors/index.ts';
import type { NativeBackend } from '../backend.ts';
import { type Inputs, register } from './register.ts';

/** Whole cross layers of DCN V2 of low rank, and with mixtures of experts (harness/ops/low-rank-cross.ts, mixed-cross.ts). */
export function registerCrossFactors(): void {
  register('LowRankCross', (backend, { x0, x, down, up, bias }) => {
    const [batch, n] = x0.shape;
    const rank = down.shape[1];
    const [y, narrow, u] = outputs(backend, [batch, n], [batch, rank], [batch, n]);
    const [of0, ofX, ofDown, ofUp, ofBias] = [x0, x, down, up, bias].map((tensor) => backend.floats(tensor));
    const sizes = [batch, n, rank] as const;
    backend.addon.lowRankCross(of0, ofX, ofDown, ofUp, ofBias, narrow.values, u.values, y.values, ...sizes);
    return [y, narrow, u];
  });

  register('LowRankCrossGrad', (backend, { dy, x0, x, narrow, u, down, up, before }, { first }) => {
    const [batch, n] = x0.shape;
    const rank = down.shape[1];
    const [dx, dDown, dUp, dBias] = outputs(backend, [batch, n], [n, rank], [rank, n], [n]);
    const dx0 = first === true ? [] : outputs(backend, [batch, n]);
    backend.addon.lowRankCrossGrad(
      ...([backend.floats(dy), backend.floats(x0), backend.floats(x)] as const),
      ...([backend.floats(narrow), backend.floats(u), backend.floats(down), backend.floats(up)] as const),
      optional(backend, before),
      ...([dx.values, dx0.at(0)?.values, dDown.values, dUp.values, dBias.values, batch, n, rank] as const),
    );
    return [dx, ...dx0, dDown, dUp, dBias];
  });

  register('MixedCross', (backend, inputs) => {
    const { x0, x, gates, down, up, bias } = inputs;
    const { batch, n, rank, experts, width } = sizesOf(inputs);
    const narrows = [0, 1, 2].map(() => [batch, width]);
    const [y, ...saved] = outputs(backend, [batch, n], [batch, experts], ...narrows, [batch, n]);
    backend.addon.mixedCross(
      ...([backend.floats(x0), backend.floats(x)] as const),
      [gates, down, up, bias].map((tensor) => backend.floats(tensor)),
      squaresOf(inputs).map((tensor) => backend.floats(tensor)),
      saved.map(({ values }) => values),
      ...([y.values, batch, n, rank, experts] as const),
    );
    return [y, ...saved];
  });

  register('MixedCrossGrad', (backend, inputs, { first }) => {
    const { dy, x0, x, gates, down, up, shares, narrow, inner, mixed, u, before } = inputs;
    const { batch, n, rank, experts, width } = sizesOf(inputs);
    const squares = squaresOf(inputs);
    const [dx, ...ofWeights] = outputs(backend, [batch, n], [n, experts], [n, width], [width, n], [n]);
    const dx0 = first === true ? [] : outputs(backend, [batch, n]);
    const ofSquares = outputs(backend, ...squares.map(() => [rank, rank]));
    backend.addon.mixedCrossGrad(
      ...([backend.floats(dy), backend.floats(x0), backend.floats(x)] as const),
      [gates, down, up].map((tensor) => backend.floats(tensor)),
      squares.map((tensor) => backend.floats(tensor)),
      [shares, narrow, inner, mixed, u].map((tensor) => backend.floats(tensor)),
      ...([optional(backend, before), dx.values, dx0.at(0)?.values] as const),
      ofWeights.map(({ values }) => values),
      ofSquares.map(({ values }) => values),
      ...([batch, n, rank, experts] as const),
    );
    return [dx, ...dx0, ...ofWeights, ...ofSquares];
  });
}

const outputs = (backend: NativeBackend, ...shapes: number[][]) =>
  shapes.map((shape) => backend.output(shape, 'float32'));

/** An input that may be absent. */
const optional = (backend: NativeBackend, tensor: TensorInfo | undefined) => tensor && backend.floats(tensor);

function sizesOf({ x0, gates, square0 }: Inputs) {
  const [[batch, n], [, experts], [rank]] = [x0.shape, gates.shape, square0.shape];
  return { batch, n, experts, rank, width: experts * rank };
}

const squaresOf = (inputs: Inputs): TensorInfo[] =>
  Array.from({ length: inputs.gates.shape[1] }, (_, k) => inputs[`square${k}`]);
