// Copies of a slice of a matrix in the order a product reads it: k by k, a fixed number of floats apart.
#pragma once

#include "vector.h"

namespace {

/** to[p][j] = from[p][j] for j < width, 0 up to `fill`. */
inline void copy_panel(const float* from, size_t from_k, size_t k, size_t width, size_t fill, float* to, size_t to_k) {
  for (size_t p = 0; p < k; p++, from += from_k, to += to_k) {
    size_t j = 0;
    for (; j + lanes <= width; j += lanes) store(to + j, load(from + j));
    for (; j + 4 <= width; j += 4) *reinterpret_cast<LooseFour*>(to + j) = *reinterpret_cast<const LooseFour*>(from + j);
    for (; j < width; j++) to[j] = from[j];
    for (; j < fill; j++) to[j] = 0;
  }
}

/** to[p][j] = from[j][p] for j < width, 0 up to `fill`: 4 x 4 at a time, so that both sides are met in order. */
inline void transpose_panel(const float* from, size_t from_row, size_t k, size_t width, size_t fill, float* to,
                            size_t to_k) {
  size_t j = 0;
  for (; j + 4 <= width; j += 4) {
    const float* rows = from + j * from_row;
    size_t p = 0;
    for (; p + 4 <= k; p += 4) {
      const auto row = [&](size_t i) { return *reinterpret_cast<const LooseFour*>(rows + i * from_row + p); };
      const auto put = [&](size_t i, Four four) { *reinterpret_cast<LooseFour*>(to + (p + i) * to_k + j) = four; };
      const Four low01 = pick<0, 4, 1, 5>(row(0), row(1)), low23 = pick<0, 4, 1, 5>(row(2), row(3));
      const Four high01 = pick<2, 6, 3, 7>(row(0), row(1)), high23 = pick<2, 6, 3, 7>(row(2), row(3));
      put(0, pick<0, 1, 4, 5>(low01, low23));
      put(1, pick<2, 3, 6, 7>(low01, low23));
      put(2, pick<0, 1, 4, 5>(high01, high23));
      put(3, pick<2, 3, 6, 7>(high01, high23));
    }
    for (; p < k; p++)
      for (size_t i = 0; i < 4; i++) to[p * to_k + j + i] = rows[i * from_row + p];
  }
  for (; j < width; j++)
    for (size_t p = 0; p < k; p++) to[p * to_k + j] = from[j * from_row + p];
  for (; j < fill; j++)
    for (size_t p = 0; p < k; p++) to[p * to_k + j] = 0;
}

} // namespace
