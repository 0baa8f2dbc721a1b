// A matrix times one column: memory bound, so nothing is packed.
#pragma once

#include "dot.h"

namespace {

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
