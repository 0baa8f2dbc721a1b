// The operations of models above the embedding layer, fused. Arrays are row-major, and every one is checked against the sizes.
#include "parts.h"
#include "strided-iterator.h"

namespace {

/** Floats that are worth a thread's while. */
constexpr size_t grain = 16384;

size_t samples_together(size_t floats) { return std::max<size_t>(1, grain / std::max<size_t>(1, floats)); }

/** Arguments from i on: batch, fields, dim, dense features. */
MachineShape machine_shape(const Arguments& arguments, size_t i) {
  const MachineShape shape = {arguments.size(i + 1), arguments.size(i + 2), arguments.size(i + 3)};
  if (shape.dim < 1) throw Failure{Failure::range, "vectors need a coordinate"};
  return shape;
}

/** fmInteract(vectors, dense?, factors?, y, sums, batch, fields, dim, denseFields) */
napi_value fm_interact(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t batch = arguments.size(5);
  const MachineShape shape = machine_shape(arguments, 5);
  const auto [fields, dim, dense_fields] = shape;
  const float* vectors = arguments.floats(0, times(batch, fields, dim));
  const float* dense = dense_fields == 0 ? vectors : arguments.floats(1, times(batch, dense_fields));
  const float* factors = dense_fields == 0 ? vectors : arguments.floats(2, times(dense_fields, dim - 1));
  float* y = arguments.floats(3, batch);
  float* sums = arguments.floats(4, times(batch, dim - 1));
  each_part(addon, batch, addon.kernels->fm_scratch(shape), [&](size_t from, size_t count, float* scratch) {
    addon.kernels->fm_interact(shape, vectors + from * shape.fields * shape.dim, dense + from * shape.dense_fields, factors,
                               y + from, sums + from * (shape.dim - 1), count, scratch);
  });
  return nullptr;
}

/** fmGrad(vectors, sums, dy, dvectors, batch, fields, dim): of the vectors. */
napi_value fm_grad(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t batch = arguments.size(4), fields = arguments.size(5), dim = arguments.size(6);
  if (dim < 1) throw Failure{Failure::range, "vectors need a coordinate"};
  const MachineShape shape = {fields, dim, 0};
  const float* vectors = arguments.floats(0, times(batch, fields, dim));
  const float* sums = arguments.floats(1, times(batch, dim - 1));
  const float* dy = arguments.floats(2, batch);
  float* dvectors = arguments.floats(3, times(batch, fields, dim));
  each_part(addon, batch, addon.kernels->fm_scratch(shape), [&](size_t from, size_t count, float* scratch) {
    addon.kernels->fm_grad(shape, vectors + from * fields * dim, sums + from * (dim - 1), dy + from,
                           dvectors + from * fields * dim, count, scratch);
  });
  return nullptr;
}

/** fmGradFactors(dense, factors, sums, dy, dfactors, batch, fields, dim, denseFields) */
napi_value fm_grad_factors(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t batch = arguments.size(5);
  const MachineShape shape = machine_shape(arguments, 5);
  const size_t dense_fields = shape.dense_fields, dim = shape.dim, pairwise = dim - 1;
  const float* dense = arguments.floats(0, times(batch, dense_fields));
  const float* factors = arguments.floats(1, times(dense_fields, pairwise));
  const float* sums = arguments.floats(2, times(batch, pairwise));
  const float* dy = arguments.floats(3, batch);
  float* dfactors = arguments.floats(4, times(dense_fields, pairwise));
  if (batch == 0 || dense_fields == 0) {
    std::fill(dfactors, dfactors + dense_fields * pairwise, 0.0f);
    return nullptr;
  }
  const size_t scratch_floats = addon.kernels->fm_scratch(shape);
  const size_t width = scratch_floats / (dense_fields + 2);
  BlockSums blocks(addon, batch, times(dense_fields, width), scratch_floats);
  const float* all = blocks.each([&](size_t from, size_t count, float* own, float* scratch) {
    addon.kernels->fm_grad_factors(shape, dense + from * dense_fields, factors, sums + from * pairwise, dy + from, count,
                                   own, scratch);
  });
  for (size_t j = 0; j < dense_fields; j++) std::copy_n(all + j * width + 1, pairwise, dfactors + j * pairwise);
  return nullptr;
}

/** firstOrderSum(vectors, y, batch, fields, dim) */
napi_value first_order_sum(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t batch = arguments.size(2), fields = arguments.size(3), dim = arguments.size(4);
  if (dim < 1) throw Failure{Failure::range, "vectors need a coordinate"};
  const float* vectors = arguments.floats(0, times(batch, fields, dim));
  float* y = arguments.floats(1, batch);
  each_range(*addon.pool, batch, samples_together(fields), [&](size_t from, size_t end) {
    addon.kernels->first_order_sum(vectors + from * fields * dim, y + from, end - from, fields, dim);
  });
  return nullptr;
}

/** firstOrderGrad(dy, dvectors, batch, fields, dim) */
napi_value first_order_grad(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t batch = arguments.size(2), fields = arguments.size(3), dim = arguments.size(4);
  if (dim < 1) throw Failure{Failure::range, "vectors need a coordinate"};
  const float* dy = arguments.floats(0, batch);
  float* dvectors = arguments.floats(1, times(batch, fields, dim));
  if (fields == 0) return nullptr;
  each_range(*addon.pool, batch, samples_together(fields * dim), [&](size_t from, size_t end) {
    addon.kernels->first_order_grad(dy + from, dvectors + from * fields * dim, end - from, fields, dim);
  });
  return nullptr;
}

/** Arguments from i on: batch, fields, dim, from, dense features. */
struct Input : InputShape {
  size_t batch;

  Input(const Arguments& arguments, size_t i) : batch(arguments.size(i)) {
    fields = arguments.size(i + 1);
    dim = arguments.size(i + 2);
    from = arguments.size(i + 3);
    dense_fields = arguments.size(i + 4);
    if (from > dim) throw Failure{Failure::range, "coordinates begin behind the last"};
  }
  size_t vectors() const { return times(batch, fields, dim); }
  size_t width() const {
    const size_t ofFields = times(fields, dim - from);
    if (ofFields + dense_fields < ofFields) throw Failure{Failure::range, "such sizes have no memory"};
    return ofFields + dense_fields;
  }
  size_t outputs() const { return times(batch, width()); }
};

/** deepInput(vectors, dense, y, batch, fields, dim, from, denseFields) */
napi_value deep_input(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Input input(arguments, 3);
  const float* vectors = arguments.floats(0, input.vectors());
  const float* dense = arguments.floats(1, times(input.batch, input.dense_fields));
  float* y = arguments.floats(2, input.outputs());
  if (input.vectors() == 0 && input.outputs() == 0) return nullptr; // no array vouches for the other sizes
  each_range(*addon.pool, input.batch, samples_together(input.width()), [&](size_t from, size_t end) {
    addon.kernels->deep_input(input, vectors + from * input.fields * input.dim, dense + from * input.dense_fields,
                              y + from * input.width(), end - from);
  });
  return nullptr;
}

/** deepInputGrad(dy, dvectors, batch, fields, dim, from, denseFields) */
napi_value deep_input_grad(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Input input(arguments, 2);
  const float* dy = arguments.floats(0, input.outputs());
  float* dvectors = arguments.floats(1, input.vectors());
  if (input.vectors() == 0) return nullptr;
  each_range(*addon.pool, input.batch, samples_together(input.width()), [&](size_t from, size_t end) {
    addon.kernels->deep_input_grad(input, dy + from * input.width(), dvectors + from * input.fields * input.dim,
                                   end - from);
  });
  return nullptr;
}

} // namespace

void define_models(napi_env env, napi_value exports) {
  define(env, exports, "fmInteract", fm_interact);
  define(env, exports, "fmGrad", fm_grad);
  define(env, exports, "fmGradFactors", fm_grad_factors);
  define(env, exports, "firstOrderSum", first_order_sum);
  define(env, exports, "firstOrderGrad", first_order_grad);
  define(env, exports, "deepInput", deep_input);
  define(env, exports, "deepInputGrad", deep_input_grad);
}
