// DLRM's interaction: the dot products of all pairs of one sample's vectors, and their gradient. A sample is small (27 x
// 16 on Criteo), so it is a product of its own, with everything it needs in the first-level cache.
#pragma once

#include "kernels.h"
#include "vector.h"

namespace {

inline size_t up(size_t n) { return (n + lanes - 1) / lanes * lanes; }

/** Enough for either direction; both leave room for 7 rows past the last, so that rows go by eights. */
size_t interact_scratch(size_t fields, size_t dim) {
  const size_t count = fields + 1;
  const size_t forward = dim * up(count) + (count + 8) * dim + 8 * up(count);
  const size_t backward = (2 * count + 8) * up(dim) + (count + 8) * count;
  return forward > backward ? forward : backward;
}

/** R rows times all columns: out[i][j] = sum over p of left[i][p] right[p][j], j up to `columns`, padded. */
template <size_t R>
inline void small_product(const float* left, size_t left_row, const float* right, size_t right_row, size_t k,
                          size_t columns, float* out, size_t out_row) {
  size_t j = 0;
  for (; j < columns; j += lanes) {
    Vector sums[R];
#pragma GCC unroll 8
    for (size_t i = 0; i < R; i++) sums[i] = Vector{};
    for (size_t p = 0; p < k; p++) {
      const Vector column = load(right + p * right_row + j);
#pragma GCC unroll 8
      for (size_t i = 0; i < R; i++) sums[i] += column * left[i * left_row + p];
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < R; i++) store(out + i * out_row + j, sums[i]);
  }
}

void interact(const float* x, const float* vectors, float* y, size_t batch, size_t fields, size_t dim, float* scratch) {
  const size_t count = fields + 1, columns = up(count), pairs = count * fields / 2;
  float* transposed = scratch;              // [dim, columns]
  float* rows = transposed + dim * columns; // [count + 8, dim]
  float* dots = rows + (count + 8) * dim;   // [8, columns]
  for (size_t i = 0; i < dim * columns; i++) transposed[i] = 0;
  for (size_t i = count * dim; i < (count + 8) * dim; i++) rows[i] = 0;
  for (size_t sample = 0; sample < batch; sample++, x += dim, vectors += fields * dim, y += dim + pairs) {
    for (size_t d = 0; d < dim; d++) {
      const float value = x[d];
      rows[d] = y[d] = transposed[d * columns] = value;
    }
    __builtin_memcpy(rows + dim, vectors, fields * dim * sizeof(float));
    for (size_t j = 1; j < count; j++)
      for (size_t d = 0; d < dim; d++) transposed[d * columns + j] = rows[j * dim + d];
    float* to = y + dim;
    for (size_t i = 0; i < count; i += 8) {
      small_product<8>(rows + i * dim, dim, transposed, columns, dim, smaller(i + 7, count), dots, columns);
      for (size_t r = i; r < smaller(i + 8, count); r++, to += r - 1)
        __builtin_memcpy(to, dots + (r - i) * columns, r * sizeof(float));
    }
  }
}

void interact_grad(const float* x, const float* vectors, const float* dy, float* dx, float* dvectors, size_t batch,
                   size_t fields, size_t dim, float* scratch) {
  const size_t count = fields + 1, width = up(dim), pairs = count * fields / 2;
  float* rows = scratch;                        // [count, width]
  float* grads = rows + count * width;          // [count + 8, width]
  float* slopes = grads + (count + 8) * width;  // [count + 8, count], symmetric
  for (size_t i = 0; i < count * width; i++) rows[i] = 0;
  for (size_t i = 0; i < (count + 8) * count; i++) slopes[i] = 0;
  for (size_t sample = 0; sample < batch; sample++) {
    __builtin_memcpy(rows, x, dim * sizeof(float));
    if (width == dim) __builtin_memcpy(rows + width, vectors, fields * dim * sizeof(float));
    else
      for (size_t f = 0; f < fields; f++) __builtin_memcpy(rows + (f + 1) * width, vectors + f * dim, dim * sizeof(float));
    const float* slope = dy + dim;
    for (size_t i = 1; i < count; i++)
      for (size_t j = 0; j < i; j++) slopes[i * count + j] = slopes[j * count + i] = *slope++;
    for (size_t i = 0; i < count; i += 8)
      small_product<8>(slopes + i * count, count, rows, width, count, width, grads + i * width, width);
    for (size_t d = 0; d < dim; d++) dx[d] = dy[d] + grads[d];
    for (size_t f = 0; f < fields; f++)
      __builtin_memcpy(dvectors + f * dim, grads + (f + 1) * width, dim * sizeof(float));
    x += dim, vectors += fields * dim, dy += dim + pairs, dx += dim, dvectors += fields * dim;
  }
}

} // namespace
