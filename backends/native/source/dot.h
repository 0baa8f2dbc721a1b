// The dot product of two stretches of memory.
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

} // namespace
