// Parts of vectors: the sum of their first coordinates (harness/ops/first-order-sum.ts), and the others side by side
// (harness/ops/deep-input.ts). Rows go out in whole vectors, each over the end of the one before.
#pragma once

#include "kernels.h"
#include "vector.h"

namespace {

void first_order_sum(const float* vectors, float* y, size_t batch, size_t fields, size_t dim) {
  for (size_t sample = 0; sample < batch; sample++) {
    float sum = 0;
    for (size_t f = 0; f < fields; f++, vectors += dim) sum += *vectors;
    y[sample] = sum;
  }
}

void first_order_grad(const float* dy, float* dvectors, size_t batch, size_t fields, size_t dim) {
  if (batch * fields * dim > 0) __builtin_memset(dvectors, 0, batch * fields * dim * sizeof(float));
  for (size_t sample = 0; sample < batch; sample++)
    for (size_t f = 0; f < fields; f++, dvectors += dim) *dvectors = dy[sample];
}

/** Copies a row; floats behind it, up to `to_end`, may change too. */
inline void copy_over(const float* from, const float* from_end, float* to, const float* to_end, size_t width) {
  for (size_t d = 0; d < width; d += lanes) store_before(to + d, to_end, load_before(from + d, from_end));
}

void deep_input(const InputShape& shape, const float* vectors, const float* dense, float* y, size_t batch) {
  const size_t dim = shape.dim, fields = shape.fields, width = dim - shape.from, dense_fields = shape.dense_fields;
  const float* end = vectors + batch * fields * dim;
  const float* y_end = y + batch * (fields * width + dense_fields);
  for (size_t sample = 0; sample < batch; sample++, dense += dense_fields, y += dense_fields) {
    if (shape.from == 0) {
      copy(vectors, y, fields * dim);
      vectors += fields * dim, y += fields * dim;
    } else {
      for (size_t f = 0; f < fields; f++, vectors += dim, y += width)
        copy_over(vectors + shape.from, end, y, y_end, width);
    }
    copy(dense, y, dense_fields);
  }
}

void deep_input_grad(const InputShape& shape, const float* dy, float* dvectors, size_t batch) {
  const size_t dim = shape.dim, fields = shape.fields, from = shape.from, width = dim - from;
  const float* end = dy + batch * (fields * width + shape.dense_fields);
  const float* dend = dvectors + batch * fields * dim;
  for (size_t sample = 0; sample < batch; sample++, dy += shape.dense_fields) {
    if (from == 0) {
      copy(dy, dvectors, fields * dim);
      dy += fields * dim, dvectors += fields * dim;
    } else {
      for (size_t f = 0; f < fields; f++, dy += width, dvectors += dim) {
        for (size_t d = 0; d < from; d++) dvectors[d] = 0;
        copy_over(dy, end, dvectors + from, dend, width);
      }
    }
  }
}

} // namespace
