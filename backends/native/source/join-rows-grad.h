// The way back of rows that were put together (join-rows.h): gradients of rows and of the matrices that take them to their place. Sums
// are those of join-fields.h, in the same order.
#pragma once

#include "join-rows.h"

namespace {

/** Sums of `together` rows of a block of samples. They are made side by side, because an addition waits for the one before. */
template <size_t together>
inline void product_grads(const float* const* slopes, const float* matrix, size_t row, size_t dim, Vector* sums) {
  for (size_t i = 0; i < together; i++) sums[i] = Vector{};
  for (size_t j = 0; j < dim; j++) {
    const Vector column = load(matrix + j * row);
    for (size_t i = 0; i < together; i++) sums[i] += column * slopes[i][j];
  }
}

/** Gradients of rows that a matrix takes to their place: dx = dy matrixᵀ, a member at a time, so that its matrix stays near. */
void join_products_grad(const RowGroup& group, const float* dy, const float* transposed, size_t first, size_t samples,
                        size_t fields, size_t dim, float* dx) {
  constexpr size_t together = 4;
  const size_t width = group.width, row = up(width), members = group.members;
  const uint32_t* indices = group.indices + first * members;
  for (size_t block = 0; block < samples; block += samples_together) {
    const size_t end = min_size(samples, block + samples_together);
    for (size_t member = 0; member < members; member++)
      for (size_t sample = block; sample < end; sample += together) {
        const size_t some = min_size(together, end - sample);
        const float* slopes[together];
        for (size_t i = 0; i < together; i++) {
          const size_t own = sample + min_size(i, some - 1);
          slopes[i] = dy + (own * fields + group.field[member]) * dim;
          if (own + samples_together < samples && dim > 0) prefetch_span(slopes[i] + samples_together * fields * dim, dim);
        }
        for (size_t k = 0; k < width; k += lanes) {
          Vector sums[together];
          product_grads<together>(slopes, transposed + member * dim * row + k, row, dim, sums);
          for (size_t i = 0; i < some; i++) {
            const size_t at = (sample + i) * members + member;
            const Vector found = indices[at] == no_row ? Vector{} : sums[i];
            if (k + lanes <= width) store(dx + at * width + k, found);
            else store_first(dx + at * width + k, width - k, found);
          }
        }
      }
  }
}

void join_rows_grad(const RowGroup& group, const float* dy, const float* transposed, size_t first, size_t samples,
                    size_t fields, size_t dim, float* dx) {
  if (transposed != nullptr) return join_products_grad(group, dy, transposed, first, samples, fields, dim, dx);
  const size_t width = group.width;
  const uint32_t* index = group.indices + first * group.entries();
  for (size_t sample = 0; sample < samples; sample++, dy += fields * dim)
    for (size_t member = 0; member < group.members; member++) {
      const float* slopes = dy + group.field[member] * dim;
      for (size_t piece = 0; piece < group.pieces; piece++, index++, dx += width) {
        if (*index == no_row) {
          zero_span(dx, width);
          continue;
        }
        const size_t from = piece * width, there = from < dim ? min_size(width, dim - from) : 0;
        copy(slopes + from, dx, there);
        for (size_t k = there; k < width; k++) dx[k] = 0;
      }
    }
}

void join_rows_grad_matrix(const RowGroup& group, size_t member, const float* dy, float* matrix, size_t batch,
                           size_t fields, size_t dim, float* scratch) {
  constexpr size_t together = 64; // as in join_grad_matrix
  const size_t width = group.width, floats = width * dim;
  zero_span(matrix, floats);
  for (size_t first = 0; first < batch; first += together) {
    bool any = false;
    const size_t end = min_size(batch, first + together);
    for (size_t sample = first; sample < end; sample++) {
      // Rows, and the slopes of a field, lie far from each other.
      if (sample + ahead < batch) {
        const uint32_t soon = group.indices[(sample + ahead) * group.members + member];
        if (soon != no_row) prefetch_span(group.floats + soon * group.stride, width);
        prefetch_span(dy + ((sample + ahead) * fields + group.field[member]) * dim, dim);
      }
      const uint32_t index = group.indices[sample * group.members + member];
      if (index == no_row) continue;
      if (!any) zero_span(scratch, floats);
      any = true;
      const float* row = group.floats + index * group.stride;
      const float* slopes = dy + (sample * fields + group.field[member]) * dim;
      for (size_t k = 0; k < width; k++)
        if (row[k] != 0) add_scaled(scratch + k * dim, row[k], slopes, dim);
    }
    if (any)
      for (size_t i = 0; i < floats; i++) matrix[i] += scratch[i];
  }
}

} // namespace
