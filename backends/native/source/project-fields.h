// A small matrix for every field. Zeros are skipped: where ids have several blocks, of which they are in one, most inputs
// are zero.
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

inline float dot(const float* a, const float* b, size_t width) {
  size_t j = 0;
  Vector sums = {};
  for (; j + lanes <= width; j += lanes) sums += load(a + j) * load(b + j);
  float sum = 0;
  for (; j < width; j++) sum += a[j] * b[j];
  if (width < lanes) return sum;
  alignas(EMBED_VECTOR_BYTES) float parts[lanes];
  store(parts, sums);
  Four four = {};
  for (size_t i = 0; i < lanes; i += 4) four += *reinterpret_cast<const LooseFour*>(parts + i);
  return sum + ((four[0] + four[1]) + (four[2] + four[3]));
}

void project(const float* x, const float* matrices, float* y, size_t batch, size_t fields, size_t in, size_t out) {
  for (size_t sample = 0; sample < batch; sample++) {
    const float* row = matrices;
    for (size_t f = 0; f < fields; f++, x += in, y += out) {
      for (size_t j = 0; j < out; j++) y[j] = 0;
      for (size_t k = 0; k < in; k++, row += out)
        if (x[k] != 0) add_scaled(y, x[k], row, out);
    }
  }
}

void project_grad_x(const float* dy, const float* matrices, float* dx, size_t batch, size_t fields, size_t in,
                    size_t out) {
  for (size_t sample = 0; sample < batch; sample++) {
    const float* row = matrices;
    for (size_t f = 0; f < fields; f++, dy += out)
      for (size_t k = 0; k < in; k++, row += out) *dx++ = dot(dy, row, out);
  }
}

void project_grad_matrix(const float* x, const float* dy, float* matrix, size_t batch, size_t fields, size_t in,
                         size_t out, float* scratch) {
  // Sums of sums: what is added to is never much larger than what is added.
  constexpr size_t together = 64;
  for (size_t i = 0; i < in * out; i++) matrix[i] = 0;
  for (size_t first = 0; first < batch; first += together) {
    for (size_t i = 0; i < in * out; i++) scratch[i] = 0;
    for (size_t sample = first; sample < smaller(batch, first + together); sample++)
      for (size_t k = 0; k < in; k++) {
        const float value = x[sample * fields * in + k];
        if (value != 0) add_scaled(scratch + k * out, value, dy + sample * fields * out, out);
      }
    for (size_t i = 0; i < in * out; i++) matrix[i] += scratch[i];
  }
}

} // namespace
