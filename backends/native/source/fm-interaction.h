// The second order of a factorization machine beside terms of first order (harness/ops/fm-interaction.ts). Rows of vectors are taken
// in whole vectors from coordinate 0 on, whatever their width, and what belongs to the next row is left aside.
#pragma once

#include "kernels.h"
#include "vector.h"

namespace {

size_t fm_scratch(const MachineShape& shape) { return (shape.dense_fields + 2) * up(shape.dim); }

/** Factors as vectors of an id: zeros for coordinate 0, and behind the last. */
inline void widen_factors(const MachineShape& shape, const float* factors, float* rows) {
  const size_t width = up(shape.dim), pairwise = shape.dim - 1;
  for (size_t j = 0; j < shape.dense_fields; j++, rows += width) {
    rows[0] = 0;
    copy(factors + j * pairwise, rows + 1, pairwise);
    for (size_t d = shape.dim; d < width; d++) rows[d] = 0;
  }
}

void fm_interact(const MachineShape& shape, const float* vectors, const float* dense, const float* factors, float* y,
                 float* sums, size_t batch, float* scratch) {
  const size_t fields = shape.fields, dim = shape.dim, dense_fields = shape.dense_fields, width = up(dim);
  float* sum = scratch;
  float* squares = sum + width;
  float* rows = squares + width; // [dense_fields, width]
  widen_factors(shape, factors, rows);
  const float* end = vectors + batch * fields * dim;
  for (size_t sample = 0; sample < batch; sample++) {
    for (size_t d = 0; d < width; d += lanes) {
      Vector s = {}, q = {};
      for (size_t f = 0; f < fields; f++) {
        const Vector v = load_before(vectors + f * dim + d, end);
        s += v, q += v * v;
      }
      for (size_t j = 0; j < dense_fields; j++) {
        const Vector v = load(rows + j * width + d) * dense[j];
        s += v, q += v * v;
      }
      store(sum + d, s), store(squares + d, q);
    }
    float pairs = 0;
    for (size_t d = 1; d < dim; d++) pairs += sum[d] * sum[d] - squares[d];
    y[sample] = sum[0] + 0.5f * pairs;
    copy(sum + 1, sums, dim - 1);
    vectors += fields * dim, dense += dense_fields, sums += dim - 1;
  }
}

void fm_grad(const MachineShape& shape, const float* vectors, const float* sums, const float* dy, float* dvectors,
             size_t batch, float* scratch) {
  const size_t fields = shape.fields, dim = shape.dim, width = up(dim);
  const size_t count = batch * fields * dim;
  const float *end = vectors + count, *dend = dvectors + count;
  for (size_t d = 0; d < width; d++) scratch[d] = 0;
  for (size_t sample = 0; sample < batch; sample++, sums += dim - 1) {
    copy(sums, scratch + 1, dim - 1);
    for (size_t f = 0; f < fields; f++, vectors += dim, dvectors += dim) {
      for (size_t d = 0; d < dim; d += lanes)
        store_before(dvectors + d, dend, (load(scratch + d) - load_before(vectors + d, end)) * dy[sample]);
      dvectors[0] = dy[sample];
    }
  }
}

void fm_grad_factors(const MachineShape& shape, const float* dense, const float* factors, const float* sums,
                     const float* dy, size_t batch, float* dfactors, float* scratch) {
  const size_t dim = shape.dim, dense_fields = shape.dense_fields, width = up(dim);
  float* sum = scratch;
  float* rows = sum + width;
  for (size_t d = 0; d < width; d++) sum[d] = 0;
  widen_factors(shape, factors, rows);
  for (size_t sample = 0; sample < batch; sample++, sums += dim - 1, dense += dense_fields) {
    copy(sums, sum + 1, dim - 1);
    for (size_t j = 0; j < dense_fields; j++) {
      const float x = dense[j], slope = dy[sample] * x;
      for (size_t d = 0; d < width; d += lanes) {
        float* to = dfactors + j * width + d;
        store(to, load(to) + (load(sum + d) - load(rows + j * width + d) * x) * slope);
      }
    }
  }
}

} // namespace
