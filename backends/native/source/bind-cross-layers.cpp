// The cross layers of DCN and DCN V2, and dot products of rows.
#include <vector>

#include "parts.h"
#include "strided-iterator.h"

namespace {

constexpr size_t grain = 16384;

/** crossVectors(x, weights, biases, y, products, batch, n, layers) */
napi_value cross_vectors(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t batch = arguments.size(5);
  const CrossShape shape = {arguments.size(6), arguments.size(7)};
  const size_t n = shape.n, layers = shape.layers;
  const float* x = arguments.floats(0, times(batch, n));
  const float* weights = arguments.floats(1, times(layers, n));
  const float* biases = arguments.floats(2, times(layers, n));
  float* y = arguments.floats(3, times(batch, n));
  float* products = arguments.floats(4, times(batch, layers));
  if (batch == 0) return nullptr; // no array vouches for the other sizes
  addon.scratch.require(times(times(layers + 1, n) + layers, sizeof(float)));
  float* shifts = addon.scratch.floats();
  float* dots = shifts + (layers + 1) * n;
  addon.kernels->cross_shifts(shape, weights, biases, shifts, dots);
  each_range(*addon.pool, batch, std::max<size_t>(1, grain / std::max<size_t>(1, n)), [&](size_t from, size_t end) {
    addon.kernels->cross_vectors(shape, x + from * n, weights, shifts + layers * n, dots, y + from * n,
                                 products + from * layers, end - from);
  });
  return nullptr;
}

/** crossVectorsGrad(x, weights, biases, products, dy, dx, dweights, dbiases, batch, n, layers) */
napi_value cross_vectors_grad(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t batch = arguments.size(8);
  const CrossShape shape = {arguments.size(9), arguments.size(10)};
  const size_t n = shape.n, layers = shape.layers;
  const float* x = arguments.floats(0, times(batch, n));
  const float* weights = arguments.floats(1, times(layers, n));
  const float* biases = arguments.floats(2, times(layers, n));
  const float* products = arguments.floats(3, times(batch, layers));
  const float* dy = arguments.floats(4, times(batch, n));
  float* dx = arguments.floats(5, times(batch, n));
  float* dweights = arguments.floats(6, times(layers, n));
  float* dbiases = arguments.floats(7, times(layers, n));
  if (batch == 0 || n == 0) {
    std::fill(dweights, dweights + times(layers, n), 0.0f);
    std::fill(dbiases, dbiases + times(layers, n), 0.0f);
    return nullptr;
  }
  std::vector<float> shifts(times(layers + 1, n)), dots(layers);
  addon.kernels->cross_shifts(shape, weights, biases, shifts.data(), dots.data());
  BlockSums blocks(addon, batch, times(layers + 1, n) + layers, layers);
  const auto parts_of = [=](float* sums) { return CrossSums{sums, sums + layers * n, sums + (layers + 1) * n}; };
  float* all = blocks.each([&](size_t from, size_t count, float* own, float* scratch) {
    addon.kernels->cross_vectors_grad(shape, x + from * n, weights, dots.data(), products + from * layers, dy + from * n,
                                      dx + from * n, count, parts_of(own), scratch);
  });
  const CrossSums sums = parts_of(all);
  for (size_t l = layers; l-- > 0;)
    for (size_t i = 0; i < n; i++) {
      dweights[l * n + i] = sums.weights[l * n + i] + shifts[l * n + i] * sums.dots[l];
      dbiases[l * n + i] = sums.slopes[i];
      sums.slopes[i] += weights[l * n + i] * sums.dots[l];
    }
  return nullptr;
}

/** crossProduct(x0, u, x, y, n) */
napi_value cross_product(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t n = arguments.size(4);
  const float *x0 = arguments.floats(0, n), *u = arguments.floats(1, n), *x = arguments.floats(2, n);
  float* y = arguments.floats(3, n);
  each_range(*addon.pool, n, grain, [&](size_t from, size_t end) {
    addon.kernels->cross_product(x0 + from, u + from, x + from, y + from, end - from);
  });
  return nullptr;
}

/** crossProductGrad(dy, x0, u, before?, du, dx0, n) */
napi_value cross_product_grad(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t n = arguments.size(6);
  const float *dy = arguments.floats(0, n), *x0 = arguments.floats(1, n), *u = arguments.floats(2, n);
  const float* before = arguments.optional_floats(3, n);
  float *du = arguments.floats(4, n), *dx0 = arguments.floats(5, n);
  each_range(*addon.pool, n, grain, [&](size_t from, size_t end) {
    addon.kernels->cross_product_grad(dy + from, x0 + from, u + from, before == nullptr ? nullptr : before + from,
                                      du + from, dx0 + from, end - from);
  });
  return nullptr;
}

/** rowDots(a, b, y, rows, n) */
napi_value row_dots(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t rows = arguments.size(3), n = arguments.size(4);
  const float *a = arguments.floats(0, times(rows, n)), *b = arguments.floats(1, times(rows, n));
  float* y = arguments.floats(2, rows);
  each_range(*addon.pool, rows, std::max<size_t>(1, grain / std::max<size_t>(1, n)), [&](size_t from, size_t end) {
    addon.kernels->row_dots(a + from * n, b + from * n, y + from, end - from, n);
  });
  return nullptr;
}

/** rowDotsGrad(a, b, dy, da, db, rows, n) */
napi_value row_dots_grad(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t rows = arguments.size(5), n = arguments.size(6);
  const float *a = arguments.floats(0, times(rows, n)), *b = arguments.floats(1, times(rows, n));
  const float* dy = arguments.floats(2, rows);
  float *da = arguments.floats(3, times(rows, n)), *db = arguments.floats(4, times(rows, n));
  each_range(*addon.pool, rows, std::max<size_t>(1, grain / std::max<size_t>(1, n)), [&](size_t from, size_t end) {
    addon.kernels->row_dots_grad(a + from * n, b + from * n, dy + from, da + from * n, db + from * n, end - from, n);
  });
  return nullptr;
}

} // namespace

void define_cross_layers(napi_env env, napi_value exports) {
  define(env, exports, "crossVectors", cross_vectors);
  define(env, exports, "crossVectorsGrad", cross_vectors_grad);
  define(env, exports, "crossProduct", cross_product);
  define(env, exports, "crossProductGrad", cross_product_grad);
  define(env, exports, "rowDots", row_dots);
  define(env, exports, "rowDotsGrad", row_dots_grad);
}
