// Vectors of fields put together from groups of members (harness/ops/join-fields.ts). Zeros are skipped: where ids have
// several blocks, of which they are in one, most inputs are zero.
#pragma once

#include "kernels.h"
#include "vector.h"

namespace {

/** to += x row, `width` floats. */
inline void add_scaled(float* to, float x, const float* row, size_t width) {
  size_t j = 0;
  for (; j + lanes <= width; j += lanes) store(to + j, load(to + j) + load(row + j) * x);
  for (; j < width; j++) to[j] += x * row[j];
}

void join(const FieldGroup& group, const float* x, const float* matrices, float* y, size_t batch) {
  const size_t width = group.width, dim = group.dim;
  for (size_t sample = 0; sample < batch; sample++, y += group.fields * dim) {
    const float* row = matrices;
    for (size_t i = 0; i < group.members; i++, x += width) {
      float* to = y + group.field[i] * dim;
      if (matrices == nullptr) add_scaled(to, 1, x, dim);
      else
        for (size_t k = 0; k < width; k++, row += dim)
          if (x[k] != 0) add_scaled(to, x[k], row, dim);
    }
  }
}

void join_grad_x(const FieldGroup& group, const float* dy, const float* transposed, float* dx, size_t batch) {
  const size_t width = group.width, dim = group.dim;
  const size_t row = (width + lanes - 1) / lanes * lanes; // of the transposed matrices: [member][dim][row]
  const float* end = dx + batch * group.members * width;
  for (size_t sample = 0; sample < batch; sample++, dy += group.fields * dim)
    for (size_t i = 0; i < group.members; i++, dx += width) {
      const float* slopes = dy + group.field[i] * dim;
      if (transposed == nullptr) {
        __builtin_memcpy(dx, slopes, dim * sizeof(float));
        continue;
      }
      for (size_t k = 0; k < width; k += lanes) {
        const float* matrix = transposed + i * dim * row + k;
        Vector sums = {};
        for (size_t j = 0; j < dim; j++) sums += load(matrix + j * row) * slopes[j];
        // A whole vector may go over into the next rows, which are still to come, but not over the end.
        if (static_cast<size_t>(end - (dx + k)) >= lanes) store(dx + k, sums);
        else
          for (size_t l = 0; l < min_size(lanes, width - k); l++) dx[k + l] = sums[l];
      }
    }
}

void join_grad_matrix(const FieldGroup& group, size_t member, const float* x, const float* dy, float* matrix,
                      size_t batch, float* scratch) {
  // Sums of sums: what is added to is never much larger than what is added.
  constexpr size_t together = 64;
  const size_t width = group.width, dim = group.dim;
  for (size_t i = 0; i < width * dim; i++) matrix[i] = 0;
  for (size_t first = 0; first < batch; first += together) {
    for (size_t i = 0; i < width * dim; i++) scratch[i] = 0;
    for (size_t sample = first; sample < min_size(batch, first + together); sample++)
      for (size_t k = 0; k < width; k++) {
        const float value = x[(sample * group.members + member) * width + k];
        if (value != 0)
          add_scaled(scratch + k * dim, value, dy + (sample * group.fields + group.field[member]) * dim, dim);
      }
    for (size_t i = 0; i < width * dim; i++) matrix[i] += scratch[i];
  }
}

} // namespace
