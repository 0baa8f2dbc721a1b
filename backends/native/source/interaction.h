// DLRM's interaction: the dot products of all pairs of one sample's vectors, and their gradient. A sample is small (27 x
// 16 on Criteo), so it is a product of its own, with everything it needs in the first-level cache.
#pragma once

#include "kernels.h"
#include "panel.h"

namespace {

/** Rows that are multiplied together; scratch memory has room for as many past the last. */
constexpr size_t together = 8;

size_t interact_scratch(size_t fields, size_t dim) {
  const size_t count = fields + 1, pairs = count * fields / 2;
  const size_t forward = dim * up(count) + (count + together) * dim + together * up(count) + pairs + lanes;
  const size_t backward = (2 * count + together) * up(dim) + (count + together) * count + pairs + 1;
  return forward > backward ? forward : backward;
}

/** The first row of a padded copy is x, the others are the fields' vectors. */
inline void copy_sample(const float* x, const float* vectors, size_t fields, size_t dim, float* rows, size_t row) {
  copy(x, rows, dim);
  if (row == dim) copy(vectors, rows + row, fields * dim);
  else
    for (size_t f = 0; f < fields; f++) copy(vectors + f * dim, rows + (f + 1) * row, dim);
}

/** dots[i][j] = left[i] . right[:, j] for `together` rows; j goes up to `columns` in whole vectors. */
inline void dot_rows(const float* left, size_t dim, const float* right, size_t right_row, size_t columns, float* dots) {
  for (size_t j = 0; j < columns; j += lanes) {
    Vector sums[together];
#pragma GCC unroll 8
    for (size_t i = 0; i < together; i++) sums[i] = Vector{};
    for (size_t d = 0; d < dim; d++) {
      const Vector column = load(right + d * right_row + j);
#pragma GCC unroll 8
      for (size_t i = 0; i < together; i++) sums[i] += column * left[i * dim + d];
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < together; i++) store(dots + i * right_row + j, sums[i]);
  }
}

void interact(const float* x, const float* vectors, float* y, size_t batch, size_t fields, size_t dim, float* scratch) {
  const size_t count = fields + 1, columns = up(count), pairs = count * fields / 2;
  float* transposed = scratch;                     // [dim, columns]
  float* rows = transposed + dim * columns;        // [count + together, dim]
  float* dots = rows + (count + together) * dim;   // [together, columns]
  float* last = dots + together * columns;         // [pairs + lanes]
  for (size_t i = count * dim; i < (count + together) * dim; i++) rows[i] = 0;
  for (size_t sample = 0; sample < batch; sample++, x += dim, vectors += fields * dim, y += dim + pairs) {
    copy_sample(x, vectors, fields, dim, rows, dim);
    transpose_panel(rows, dim, dim, count, columns, transposed, columns);
    copy_panel(x, dim, 1, dim, dim, y, dim);
    // Rows of the triangle go out in whole vectors, each over the end of the one before. What the last row writes too much
    // belongs to samples that are still to come, as long as there are enough of them.
    const bool is_last = (batch - sample - 1) * (dim + pairs) < lanes;
    float* to = is_last ? last : y + dim;
    for (size_t i = 0; i < count; i += together) {
      const size_t end = min_size(i + together, count);
      dot_rows(rows + i * dim, dim, transposed, columns, end - 1, dots);
      for (size_t r = i; r < end; to += r, r++)
        for (size_t j = 0; j < r; j += lanes) store(to + j, load(dots + (r - i) * columns + j));
    }
    if (is_last) copy(last, y + dim, pairs);
  }
}

/** The place of the dot product of two vectors in a triangle; its end, where there is a zero, for a vector with itself. */
inline uint32_t place_of(size_t i, size_t j, size_t pairs) {
  const size_t high = i > j ? i : j, low = i > j ? j : i;
  return static_cast<uint32_t>(high == low ? pairs : high * (high - 1) / 2 + low);
}

void interact_grad(const float* x, const float* vectors, const float* dy, float* dx, float* dvectors, size_t batch,
                   size_t fields, size_t dim, float* scratch) {
  const size_t count = fields + 1, width = up(dim), pairs = count * fields / 2;
  float* rows = scratch;                              // [count, width]
  float* grads = rows + count * width;                // [count + together, width]
  float* slopes = grads + (count + together) * width; // [pairs + 1]
  uint32_t* places = reinterpret_cast<uint32_t*>(slopes + pairs + 1); // [groups, count, together]
  for (size_t i = 0; i < count * width; i++) rows[i] = 0;
  slopes[pairs] = 0;
  for (size_t i = 0; i < count; i += together)
    for (size_t j = 0; j < count; j++)
      for (size_t r = 0; r < together; r++)
        places[i * count + j * together + r] = i + r < count ? place_of(i + r, j, pairs) : static_cast<uint32_t>(pairs);
  for (size_t sample = 0; sample < batch; sample++) {
    copy_sample(x, vectors, fields, dim, rows, width);
    copy_panel(dy + dim, pairs, 1, pairs, pairs, slopes, pairs);
    // The gradient of a vector is the sum of all others, each times the slope of its dot product with it.
    for (size_t i = 0; i < count; i += together)
      for (size_t d = 0; d < width; d += lanes) {
        Vector sums[together];
        const uint32_t* place = places + i * count;
#pragma GCC unroll 8
        for (size_t r = 0; r < together; r++) sums[r] = Vector{};
        for (size_t j = 0; j < count; j++, place += together) {
          const Vector other = load(rows + j * width + d);
#pragma GCC unroll 8
          for (size_t r = 0; r < together; r++) sums[r] += other * slopes[place[r]];
        }
#pragma GCC unroll 8
        for (size_t r = 0; r < together; r++) store(grads + (i + r) * width + d, sums[r]);
      }
    for (size_t d = 0; d < dim; d++) dx[d] = dy[d] + grads[d];
    if (width == dim) copy(grads + width, dvectors, fields * dim);
    else
      for (size_t f = 0; f < fields; f++) copy(grads + (f + 1) * width, dvectors + f * dim, dim);
    x += dim, vectors += fields * dim, dy += dim + pairs, dx += dim, dvectors += fields * dim;
  }
}

} // namespace
