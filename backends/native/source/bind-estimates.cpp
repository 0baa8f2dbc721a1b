// Gradients that are estimates of low rank (harness/gradients), and steps by them.
#include <algorithm>

#include "arguments.h"
#include "step-arguments.h"

namespace {

/** streamGradient(x, dz, inputs, outputs, sigma, batch, in, out, k, subBatch): moves the estimate, in place. */
napi_value stream_gradient(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  GradientStream stream;
  stream.batch = arguments.size(5);
  stream.in = arguments.size(6);
  stream.out = arguments.size(7);
  stream.k = arguments.size(8);
  stream.sub_batch = arguments.size(9);
  if (stream.in == 0 || stream.out == 0 || stream.k == 0 || stream.sub_batch == 0)
    throw Failure{Failure::range, "an estimate has directions, and sub-batches have rows"};
  if (stream.k > std::min(stream.in, stream.out))
    throw Failure{Failure::range, "no more directions than the layer is wide"};
  stream.x = arguments.floats(0, times(stream.batch, stream.in));
  stream.dz = arguments.floats(1, times(stream.batch, stream.out));
  stream.inputs = arguments.floats(2, times(stream.k, stream.in));
  stream.outputs = arguments.floats(3, times(stream.k, stream.out));
  stream.sigma = arguments.floats(4, stream.k);
  if (stream.batch == 0) return nullptr;
  stream.sub_batch = std::min(stream.sub_batch, stream.batch);
  addon.scratch.require(times(addon.kernels->stream_scratch(stream.k, stream.sub_batch), sizeof(float)));
  addon.kernels->stream_gradient(stream, addon.scratch.floats());
  return nullptr;
}

/**
 * estimateStep(weights, inputs, outputs, sigma, states, in, out, k, rule, numbers): one row of the gradient at a time for
 * each thread.
 */
napi_value estimate_step(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t in = arguments.size(5), out = arguments.size(6), k = arguments.size(7), floats = times(in, out);
  const std::vector<napi_value> elements = elements_of(arguments, 4);
  const Step step = step_from(arguments, 8);
  const States states = states_from(arguments, elements, step.rule, in, out);
  float* weights = arguments.floats(0, floats);
  const float* inputs = arguments.floats(1, times(k, in));
  const float* outputs = arguments.floats(2, times(k, out));
  const float* sigma = arguments.floats(3, k);
  if (k == 0 || floats == 0) throw Failure{Failure::range, "an estimate of a layer has directions"};
  const size_t parts = std::max<size_t>(1, std::min<size_t>({static_cast<size_t>(addon.pool->threads()), in, floats / 16384}));
  const size_t padded = (out + 15) / 16 * 16;
  addon.scratch.require(times(parts, padded, sizeof(float)));
  addon.pool->each(parts, [&](size_t part) {
    float* row = addon.scratch.floats() + part * padded;
    for (size_t i = in * part / parts; i < in * (part + 1) / parts; i++) {
      addon.kernels->estimate_row(inputs, outputs, sigma, k, in, out, i, row);
      addon.kernels->update_dense(step, weights + i * out, states.from_row(step.rule, i, out), row, 1, out);
    }
  });
  return nullptr;
}

} // namespace

void define_estimates(napi_env env, napi_value exports) {
  define(env, exports, "streamGradient", stream_gradient);
  define(env, exports, "estimateStep", estimate_step);
}
