// The kernels of a model's dense part. Arrays are row-major; shapes come as sizes, and every array is checked against them.
#include "matrix-product.h"
#include "parts.h"

namespace {

/** matMul(a, b, c, m, n, k, transposeA, transposeB, bias?, relu?): a is [m, k], or [k, m] where transposed. */
napi_value mat_mul(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t m = arguments.size(3), n = arguments.size(4), k = arguments.size(5);
  const bool transpose_a = arguments.flag(6), transpose_b = arguments.flag(7);
  const Matrix a = {arguments.floats(0, times(m, k)), transpose_a ? 1 : k, transpose_a ? m : 1};
  const Matrix b = {arguments.floats(1, times(k, n)), transpose_b ? 1 : n, transpose_b ? k : 1};
  Epilogue epilogue;
  epilogue.bias = arguments.optional_floats(8, n);
  epilogue.relu = !arguments.missing(9) && arguments.flag(9);
  multiply(*addon.pool, *addon.kernels, addon.packed, a, b, arguments.floats(2, times(m, n)), m, n, k, epilogue);
  return nullptr;
}

/** denseGradInput(dz, weights, mask?, dx, m, in, out): dx = dz weights^T, 0 if mask is not positive. */
napi_value dense_grad_input(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t m = arguments.size(4), in = arguments.size(5), out = arguments.size(6);
  const Matrix dz = {arguments.floats(0, times(m, out)), out, 1};
  const Matrix weights = {arguments.floats(1, times(in, out)), 1, out};
  Epilogue epilogue;
  epilogue.mask = arguments.optional_floats(2, times(m, in));
  multiply(*addon.pool, *addon.kernels, addon.packed, dz, weights, arguments.floats(3, times(m, in)), m, in, out, epilogue);
  return nullptr;
}

/** denseGradWeights(x, dz, dWeights, dBias, m, in, out): dWeights = x^T dz, dBias = the sum of dz over samples. */
napi_value dense_grad_weights(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t m = arguments.size(4), in = arguments.size(5), out = arguments.size(6);
  const Matrix x = {arguments.floats(0, times(m, in)), 1, in};
  const Matrix dz = {arguments.floats(1, times(m, out)), out, 1};
  multiply(*addon.pool, *addon.kernels, addon.packed, x, dz, arguments.floats(2, times(in, out)), in, out, m, {},
           arguments.floats(3, out));
  return nullptr;
}

/** interact(x, vectors, y, batch, fields, dim) */
napi_value interact(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t batch = arguments.size(3), fields = arguments.size(4), dim = arguments.size(5);
  const size_t width = dim + times(fields, fields + 1) / 2;
  const float* x = arguments.floats(0, times(batch, dim));
  const float* vectors = arguments.floats(1, times(batch, fields, dim));
  float* y = arguments.floats(2, times(batch, width));
  each_part(addon, batch, addon.kernels->interact_scratch(fields, dim), [&](size_t from, size_t count, float* scratch) {
    addon.kernels->interact(x + from * dim, vectors + from * fields * dim, y + from * width, count, fields, dim, scratch);
  });
  return nullptr;
}

/** interactGrad(x, vectors, dy, dx, dvectors, batch, fields, dim) */
napi_value interact_grad(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t batch = arguments.size(5), fields = arguments.size(6), dim = arguments.size(7);
  const size_t width = dim + times(fields, fields + 1) / 2;
  const float* x = arguments.floats(0, times(batch, dim));
  const float* vectors = arguments.floats(1, times(batch, fields, dim));
  const float* dy = arguments.floats(2, times(batch, width));
  float* dx = arguments.floats(3, times(batch, dim));
  float* dvectors = arguments.floats(4, times(batch, fields, dim));
  each_part(addon, batch, addon.kernels->interact_scratch(fields, dim), [&](size_t from, size_t count, float* scratch) {
    addon.kernels->interact_grad(x + from * dim, vectors + from * fields * dim, dy + from * width, dx + from * dim,
                                 dvectors + from * fields * dim, count, fields, dim, scratch);
  });
  return nullptr;
}

/** crossEntropy(logits, labels, n): the mean loss. */
napi_value cross_entropy(const Arguments& arguments) {
  const size_t n = arguments.size(2);
  const float* logits = arguments.floats(0, n);
  const float* labels = arguments.floats(1, n);
  return number(arguments.env(), arguments.addon().kernels->cross_entropy(logits, labels, n) / static_cast<double>(n));
}

/** crossEntropyGrad(logits, labels, dy, d, n): of the mean loss, times dy. */
napi_value cross_entropy_grad(const Arguments& arguments) {
  const size_t n = arguments.size(4);
  const float scale = static_cast<float>(arguments.number(2) / static_cast<double>(n));
  arguments.addon().kernels->cross_entropy_grad(arguments.floats(0, n), arguments.floats(1, n), scale,
                                                arguments.floats(3, n), n);
  return nullptr;
}

} // namespace

void define_dense(napi_env env, napi_value exports) {
  define(env, exports, "matMul", mat_mul);
  define(env, exports, "denseGradInput", dense_grad_input);
  define(env, exports, "denseGradWeights", dense_grad_weights);
  define(env, exports, "interact", interact);
  define(env, exports, "interactGrad", interact_grad);
  define(env, exports, "crossEntropy", cross_entropy);
  define(env, exports, "crossEntropyGrad", cross_entropy_grad);
}
