// A matrix times one column: memory bound, so nothing is packed.
#pragma once

#include "vector.h"

namespace {

inline float sum_of(Vector x) {
  float sum = 0;
  for (size_t i = 0; i < lanes; i++) sum += x[i];
  return sum;
}

inline float dot(const float* a, const float* b, size_t n) {
  Vector sums[4] = {};
  size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes)
    for (size_t j = 0; j < 4; j++) sums[j] += load(a + i + j * lanes) * load(b + i + j * lanes);
  for (; i + lanes <= n; i += lanes) sums[0] += load(a + i) * load(b + i);
  float sum = sum_of((sums[0] + sums[1]) + (sums[2] + sums[3]));
  for (; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/** Whole vectors of rows that lie side by side, k by k. */
template <size_t V>
inline void dot_side_by_side(const float* a, size_t a_k, const float* b, size_t k, float* c) {
  Vector sums[V] = {};
  for (size_t p = 0; p < k; p++)
    for (size_t j = 0; j < V; j++) sums[j] += load(a + p * a_k + j * lanes) * b[p];
  for (size_t j = 0; j < V; j++) store(c + j * lanes, sums[j]);
}

void vector_product(const float* a, size_t a_row, size_t a_k, const float* b, size_t k, size_t from, size_t to, float* c) {
  size_t i = from;
  if (a_k == 1) {
    for (; i < to; i++) c[i] = dot(a + i * a_row, b, k);
    return;
  }
  for (; i + 4 * lanes <= to; i += 4 * lanes) dot_side_by_side<4>(a + i, a_k, b, k, c + i);
  for (; i + lanes <= to; i += lanes) dot_side_by_side<1>(a + i, a_k, b, k, c + i);
  for (; i < to; i++) {
    float sum = 0;
    for (size_t p = 0; p < k; p++) sum += a[p * a_k + i] * b[p];
    c[i] = sum;
  }
}

} // namespace
