// Streaming batch PCA (harness/gradients/stream-batch.ts): an estimate of rank k of the mean over samples of x^T d, moved by
// one batch. `inputs` and `outputs` have a row for each of k directions.
#pragma once

#include "dot.h"
#include "kernels.h"

namespace {

/** Below every number that a division should still take; the composition has the same. */
constexpr float tiny_float = 1e-19f;
constexpr float min_sigma = 1e-12f;

/** out[b, j] = the dot product of row b of rows and direction j, times factor[j] (1 if there is none). */
void coefficients(const float* rows, size_t count, const float* directions, size_t k, size_t n, const float* factor,
                  float* out) {
  for (size_t b = 0; b < count; b += 4) {
    const size_t block = min_size(4, count - b);
    for (size_t j = 0; j < k; j += 2) {
      const size_t pair = min_size(2, k - j);
      const float* const d[2] = {directions + j * n, directions + (j + pair - 1) * n};
      const float* r[4];
      for (size_t i = 0; i < 4; i++) r[i] = rows + (b + min_size(i, block - 1)) * n;
      Vector sums[4][2] = {};
      size_t c = 0;
      for (; c + lanes <= n; c += lanes) {
        const Vector first = load(d[0] + c), second = load(d[1] + c);
        for (size_t i = 0; i < 4; i++) {
          const Vector of_row = load(r[i] + c);
          sums[i][0] += of_row * first;
          sums[i][1] += of_row * second;
        }
      }
      for (size_t i = 0; i < block; i++)
        for (size_t l = 0; l < pair; l++) {
          float sum = sum_of(sums[i][l]);
          for (size_t e = c; e < n; e++) sum += r[i][e] * d[l][e];
          out[(b + i) * k + j + l] = factor == nullptr ? sum : sum * factor[j + l];
        }
    }
  }
}

/** directions[j] = directions[j] * keep[j] + the sum over b of by[b, j] rows[b]. */
void combine(float* directions, const float* keep, const float* by, const float* rows, size_t count, size_t k, size_t n) {
  for (size_t j = 0; j < k; j += 4) {
    const size_t four = min_size(4, k - j);
    float* at[4];
    size_t place[4];
    for (size_t i = 0; i < 4; i++) {
      place[i] = j + min_size(i, four - 1);
      at[i] = directions + place[i] * n;
    }
    size_t c = 0;
    for (; c + 2 * lanes <= n; c += 2 * lanes) {
      Vector sums[4][2];
      for (size_t i = 0; i < 4; i++)
        for (size_t h = 0; h < 2; h++) sums[i][h] = load(at[i] + c + h * lanes) * keep[place[i]];
      for (size_t b = 0; b < count; b++) {
        const Vector low = load(rows + b * n + c), high = load(rows + b * n + c + lanes);
        for (size_t i = 0; i < 4; i++) {
          const float factor = by[b * k + place[i]];
          sums[i][0] += low * factor;
          sums[i][1] += high * factor;
        }
      }
      for (size_t i = 0; i < four; i++)
        for (size_t h = 0; h < 2; h++) store(at[i] + c + h * lanes, sums[i][h]);
    }
    for (; c < n; c++)
      for (size_t i = 0; i < four; i++) {
        float sum = at[i][c] * keep[place[i]];
        for (size_t b = 0; b < count; b++) sum += by[b * k + place[i]] * rows[b * n + c];
        at[i][c] = sum;
      }
  }
}

void scale_row(float* row, size_t n, float factor) {
  for (size_t c = 0; c < n; c++) row[c] *= factor;
}

/** The unit vector furthest from the span of `count` orthonormal rows. */
void furthest_unit(const float* basis, size_t count, size_t n, float* row) {
  size_t least = 0;
  float best = 0;
  for (size_t c = 0; c < n; c++) {
    float squares = 0;
    for (size_t i = 0; i < count; i++) squares += basis[i * n + c] * basis[i * n + c];
    if (c == 0 || squares < best) {
      best = squares;
      least = c;
    }
  }
  __builtin_memset(row, 0, n * sizeof(float));
  row[least] = 1;
}

/** Scales a row to length 1. The largest number is divided out first, or squares would leave the floats. */
void unit_row(float* row, const float* basis, size_t count, size_t n) {
  float largest = 0;
  for (size_t c = 0; c < n; c++) {
    const float size = __builtin_fabsf(row[c]);
    if (size > largest) largest = size;
  }
  if (!(largest > tiny_float)) return furthest_unit(basis, count, n, row);
  for (size_t c = 0; c < n; c++) row[c] /= largest;
  scale_row(row, n, 1 / __builtin_sqrtf(dot(row, row, n)));
}

/** Gram-Schmidt, row by row, as often for each as it takes: see harness/gradients/orthonormal-rows.ts. */
void orthonormalize(float* rows, size_t k, size_t n) {
  for (size_t j = 0; j < k; j++) {
    float* row = rows + j * n;
    unit_row(row, rows, j, n);
    // The rest of a row that was almost in the span must be orthogonal, too; the third time is for a unit vector.
    for (int time = 0; j > 0 && time < 3; time++) {
      for (size_t i = 0; i < j; i++) {
        const float* other = rows + i * n;
        const float part = dot(row, other, n);
        size_t c = 0;
        for (; c + lanes <= n; c += lanes) store(row + c, load(row + c) - load(other + c) * part);
        for (; c < n; c++) row[c] -= part * other[c];
      }
      const float left = dot(row, row, n);
      unit_row(row, rows, j, n);
      if (left > 0.5f) break; // little was taken away: what rounding left in the span is as little
    }
  }
}

size_t stream_scratch(size_t k, size_t sub_batch) { return 2 * sub_batch * k + 3 * k; }

void stream_gradient(const GradientStream& stream, float* scratch) {
  const size_t k = stream.k, in = stream.in, out = stream.out, batch = stream.batch;
  float *errors = scratch, *seen = errors + stream.sub_batch * k, *signs = seen + stream.sub_batch * k, *keeping = signs + k,
        *together = keeping + k;
  size_t weight = min_size(stream.sub_batch, batch); // of the estimate, in rows
  for (size_t from = 0; from < batch; from += stream.sub_batch) {
    const size_t rows = min_size(stream.sub_batch, batch - from);
    const float* x = stream.x + from * in;
    const float* dz = stream.dz + from * out;
    const float kept = static_cast<float>(static_cast<double>(weight) / static_cast<double>(weight + rows));
    const float share = static_cast<float>(static_cast<double>(batch) / static_cast<double>(weight + rows));
    for (size_t j = 0; j < k; j++) {
      const float size = __builtin_fabsf(stream.sigma[j]);
      signs[j] = stream.sigma[j] < 0 ? -share : share;
      keeping[j] = (size > min_sigma ? size : min_sigma) * kept;
    }
    coefficients(dz, rows, stream.outputs, k, out, signs, errors);
    combine(stream.inputs, keeping, errors, x, rows, k, in);
    orthonormalize(stream.inputs, k, in);
    coefficients(x, rows, stream.inputs, k, in, nullptr, seen);
    for (size_t i = 0; i < rows; i++)
      for (size_t j = 0; j < k; j++) errors[i * k + j] = seen[i * k + j] * signs[j];
    combine(stream.outputs, keeping, errors, dz, rows, k, out);
    orthonormalize(stream.outputs, k, out);
    coefficients(dz, rows, stream.outputs, k, out, nullptr, errors);
    for (size_t j = 0; j < k; j++) together[j] = 0;
    for (size_t i = 0; i < rows; i++)
      for (size_t j = 0; j < k; j++) together[j] += errors[i * k + j] * seen[i * k + j];
    for (size_t j = 0; j < k; j++) stream.sigma[j] = stream.sigma[j] * kept + together[j] * share;
    weight += rows;
  }
}

/** row[c] = the sum over j of sigma[j] inputs[j, at] outputs[j, c]. */
void estimate_row(const float* inputs, const float* outputs, const float* sigma, size_t k, size_t in, size_t out, size_t at,
                  float* row) {
  for (size_t j = 0; j < k; j++) {
    const float factor = sigma[j] * inputs[j * in + at];
    const float* from = outputs + j * out;
    size_t c = 0;
    if (j == 0) {
      for (; c + lanes <= out; c += lanes) store(row + c, load(from + c) * factor);
      for (; c < out; c++) row[c] = from[c] * factor;
    } else {
      for (; c + lanes <= out; c += lanes) store(row + c, load(row + c) + load(from + c) * factor);
      for (; c < out; c++) row[c] += from[c] * factor;
    }
  }
}

} // namespace
