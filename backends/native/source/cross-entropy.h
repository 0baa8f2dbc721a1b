// Binary cross-entropy of log-odds, stable for large ones.
#pragma once

#include "vector.h"

namespace {

/** Sum of log(1 + exp(z)) - y z. */
double cross_entropy(const float* logits, const float* labels, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    const float z = logits[i];
    sum += (z > 0 ? z : 0) - z * labels[i] + __builtin_log1pf(__builtin_expf(-__builtin_fabsf(z)));
  }
  return sum;
}

void cross_entropy_grad(const float* logits, const float* labels, float scale, float* d, size_t n) {
  for (size_t i = 0; i < n; i++) {
    // exp of a negative number never overflows.
    const float e = __builtin_expf(-__builtin_fabsf(logits[i]));
    d[i] = scale * ((logits[i] > 0 ? 1 : e) / (1 + e) - labels[i]);
  }
}

} // namespace
