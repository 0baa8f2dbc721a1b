// Copies of a slice of a matrix in the order a product reads it: k by k, a fixed number of floats apart.
#pragma once

#include "vector.h"

namespace {

/** to[p][j] = from[p][j] for j < width, 0 up to `fill`. */
inline void copy_panel(const float* from, size_t from_k, size_t k, size_t width, size_t fill, float* to, size_t to_k) {
  for (size_t p = 0; p < k; p++, from += from_k, to += to_k) {
    size_t j = 0;
    for (; j + lanes <= width; j += lanes) store(to + j, load(from + j));
    for (; j < width; j++) to[j] = from[j];
    for (; j < fill; j++) to[j] = 0;
  }
}

/** to[p][j] = from[j][p] for j < width, 0 up to `fill`, a multiple of the lanes. */
inline void transpose_panel(const float* from, size_t from_row, size_t k, size_t width, size_t fill, float* to,
                            size_t to_k) {
  for (size_t j = 0; j < fill; j += lanes) {
    const size_t rows = j < width ? min_size(lanes, width - j) : 0;
    size_t p = 0;
    for (; p + lanes <= k; p += lanes) {
      Vector square[lanes];
#pragma GCC unroll 16
      for (size_t i = 0; i < lanes; i++) square[i] = i < rows ? load(from + (j + i) * from_row + p) : Vector{};
      transpose(square);
#pragma GCC unroll 16
      for (size_t i = 0; i < lanes; i++) store(to + (p + i) * to_k + j, square[i]);
    }
    for (; p < k; p++)
      for (size_t i = 0; i < lanes; i++) to[p * to_k + j + i] = i < rows ? from[(j + i) * from_row + p] : 0;
  }
}

} // namespace
