#pragma once

#include <algorithm>

#include "arguments.h"

/**
 * Matrices [members, width, dim] as [member][dim][row], in the scratch memory: rows are whole vectors, so that a gradient is a sum of
 * a few.
 */
inline const float* transposed_matrices(Addon& addon, const float* matrices, size_t members, size_t width, size_t dim) {
  const size_t lanes = addon.kernels->panel_width / 2, row = (width + lanes - 1) / lanes * lanes;
  addon.scratch.require(times(times(members, dim, row), sizeof(float)));
  float* transposed = addon.scratch.floats();
  std::fill(transposed, transposed + members * dim * row, 0.0f);
  for (size_t i = 0; i < members; i++)
    for (size_t k = 0; k < width; k++)
      for (size_t j = 0; j < dim; j++) transposed[(i * dim + j) * row + k] = matrices[(i * width + k) * dim + j];
  return transposed;
}
