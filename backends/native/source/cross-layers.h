// The cross layers of DCN and DCN V2, and dot products of rows (harness/ops/cross-vectors.ts, cross-product.ts, row-dots.ts).
#pragma once

#include "dot.h"
#include "kernels.h"

namespace {

/** y += x scale, `n` floats. */
inline void add_times(float* y, const float* x, float scale, size_t n) {
  size_t i = 0;
  for (; i + lanes <= n; i += lanes) store(y + i, load(y + i) + load(x + i) * scale);
  for (; i < n; i++) y[i] += x[i] * scale;
}

/** y = x scale, `n` floats. */
inline void set_times(float* y, const float* x, float scale, size_t n) {
  size_t i = 0;
  for (; i + lanes <= n; i += lanes) store(y + i, load(x + i) * scale);
  for (; i < n; i++) y[i] = x[i] * scale;
}

void cross_shifts(const CrossShape& shape, const float* weights, const float* biases, float* shifts, float* dots) {
  const size_t n = shape.n;
  for (size_t i = 0; i < n; i++) shifts[i] = 0;
  for (size_t l = 0; l < shape.layers; l++) {
    const float* shift = shifts + l * n;
    dots[l] = dot(shift, weights + l * n, n);
    for (size_t i = 0; i < n; i++) shifts[(l + 1) * n + i] = shift[i] + biases[l * n + i];
  }
}

void cross_vectors(const CrossShape& shape, const float* x, const float* weights, const float* shift, const float* dots,
                   float* y, float* products, size_t batch) {
  const size_t n = shape.n, layers = shape.layers;
  for (size_t sample = 0; sample < batch; sample++, x += n, y += n, products += layers) {
    float factor = 1;
    for (size_t l = 0; l < layers; l++) {
      products[l] = dot(x, weights + l * n, n);
      factor += factor * products[l] + dots[l];
    }
    size_t i = 0;
    for (; i + lanes <= n; i += lanes) store(y + i, load(x + i) * factor + load(shift + i));
    for (; i < n; i++) y[i] = x[i] * factor + shift[i];
  }
}

void cross_vectors_grad(const CrossShape& shape, const float* x, const float* weights, const float* dots,
                        const float* products, const float* dy, float* dx, size_t batch, const CrossSums& sums,
                        float* scratch) {
  const size_t n = shape.n, layers = shape.layers;
  float* factors = scratch; // [layers]
  for (size_t sample = 0; sample < batch; sample++, x += n, dy += n, dx += n, products += layers) {
    float factor = 1;
    for (size_t l = 0; l < layers; l++) {
      factors[l] = factor;
      factor += factor * products[l] + dots[l];
    }
    float slope = dot(dy, x, n);
    set_times(dx, dy, factor, n);
    add_times(sums.slopes, dy, 1, n);
    for (size_t l = layers; l-- > 0;) {
      const float of_product = slope * factors[l];
      sums.dots[l] += slope;
      add_times(dx, weights + l * n, of_product, n);
      add_times(sums.weights + l * n, x, of_product, n);
      slope += slope * products[l];
    }
  }
}

void cross_product(const float* x0, const float* u, const float* x, float* y, size_t n) {
  size_t i = 0;
  for (; i + lanes <= n; i += lanes) store(y + i, load(x0 + i) * load(u + i) + load(x + i));
  for (; i < n; i++) y[i] = x0[i] * u[i] + x[i];
}

void cross_product_grad(const float* dy, const float* x0, const float* u, const float* before, float* du, float* dx0,
                        size_t n) {
  size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const Vector slope = load(dy + i);
    const Vector of_x0 = slope * load(u + i);
    store(du + i, slope * load(x0 + i));
    store(dx0 + i, before == nullptr ? of_x0 : of_x0 + load(before + i));
  }
  for (; i < n; i++) {
    du[i] = dy[i] * x0[i];
    dx0[i] = before == nullptr ? dy[i] * u[i] : dy[i] * u[i] + before[i];
  }
}

void row_dots(const float* a, const float* b, float* y, size_t rows, size_t n) {
  for (size_t row = 0; row < rows; row++) y[row] = dot(a + row * n, b + row * n, n);
}

void row_dots_grad(const float* a, const float* b, const float* dy, float* da, float* db, size_t rows, size_t n) {
  for (size_t row = 0; row < rows; row++) {
    set_times(da + row * n, b + row * n, dy[row], n);
    set_times(db + row * n, a + row * n, dy[row], n);
  }
}

} // namespace
