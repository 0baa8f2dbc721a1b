// The parts of DCN V2's cross layers of low rank that are no matrix products (harness/ops/low-rank-cross.ts, mixed-cross.ts).
#pragma once

#include "cross-layers.h"
#include "dot.h"
#include "kernels.h"
#include "unary.h"

namespace {

void set_tanh(float* x, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] = Tanh::of(x[i], 0, 0);
}

void tanh_grad(float* d, const float* y, size_t n) {
  for (size_t i = 0; i < n; i++) d[i] -= d[i] * (y[i] * y[i]);
}

void add_both(float* y, const float* a, const float* b, size_t n) {
  if (b == nullptr)
    for (size_t i = 0; i < n; i++) y[i] += a[i];
  else
    for (size_t i = 0; i < n; i++) y[i] = y[i] + a[i] + b[i];
}

void mix_experts(const ExpertShape& shape, const float* inner, const float* shares, float* mixed, size_t batch) {
  const size_t rank = shape.rank, all = batch * shape.experts;
  for (size_t i = 0; i < all; i++) set_times(mixed + i * rank, inner + i * rank, shares[i], rank);
}

void mix_experts_grad(const ExpertShape& shape, const float* inner, const float* shares, float* d, float* dscores,
                      size_t batch) {
  const size_t rank = shape.rank, experts = shape.experts;
  for (size_t sample = 0; sample < batch; sample++, shares += experts, dscores += experts) {
    float mean = 0;
    for (size_t k = 0; k < experts; k++, d += rank, inner += rank) {
      const float of_share = dot(d, inner, rank), share = shares[k];
      mean += of_share * share;
      dscores[k] = of_share;
      for (size_t i = 0; i < rank; i++) {
        const float slope = d[i] * share;
        d[i] = slope - slope * (inner[i] * inner[i]);
      }
    }
    for (size_t k = 0; k < experts; k++) dscores[k] = shares[k] * (dscores[k] - mean);
  }
}

} // namespace
