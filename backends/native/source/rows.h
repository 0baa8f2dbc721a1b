// Rows of tables: reading them, and moving them by an optimizer's rule. Rows are met in random order, so the memory that
// comes next is asked for ahead of time.
#pragma once

#include "kernels.h"
#include "vector.h"

namespace {

/** Rows that are under way at the same time. Processors keep some tens of misses in flight. */
constexpr size_t ahead = 16;

inline void prefetch_span(const float* from, size_t width) {
  for (size_t k = 0; k < width; k += 16) prefetch(from + k);
  prefetch(from + width - 1);
}

inline void prefetch_span_write(const float* from, size_t width) {
  for (size_t k = 0; k < width; k += 16) prefetch_write(from + k);
  prefetch_write(from + width - 1);
}

inline void copy_span(const float* from, float* to, size_t width) {
  size_t k = 0;
  for (; k + lanes <= width; k += lanes) store(to + k, load(from + k));
  for (; k < width; k++) to[k] = from[k];
}

inline void zero_span(float* to, size_t width) {
  size_t k = 0;
  for (; k + lanes <= width; k += lanes) store(to + k, Vector{});
  for (; k < width; k++) to[k] = 0;
}

void gather(const float* table, size_t stride, size_t width, const uint32_t* indices, size_t n, float* out) {
  for (size_t i = 0; i < n; i++, out += width) {
    if (i + ahead < n && indices[i + ahead] != no_row) prefetch_span(table + indices[i + ahead] * stride, width);
    if (indices[i] == no_row) zero_span(out, width);
    else copy_span(table + indices[i] * stride, out, width);
  }
}

size_t first_outside(const uint32_t* indices, size_t n, uint64_t rows) {
  // Whole blocks first: a loop without an exit is many indices at a time.
  constexpr size_t block = 1024;
  size_t from = 0;
  for (; from < n; from += block) {
    const size_t to = smaller(n, from + block);
    uint32_t outside = 0;
    for (size_t i = from; i < to; i++) outside |= (indices[i] != no_row) & (indices[i] >= rows);
    if (outside) break;
  }
  for (; from < n; from++)
    if (indices[from] != no_row && indices[from] >= rows) return from;
  return n;
}

inline void add_span(float* sums, const float* terms, size_t width) {
  size_t k = 0;
  for (; k + lanes <= width; k += lanes) store(sums + k, load(sums + k) + load(terms + k));
  for (; k < width; k++) sums[k] += terms[k];
}

size_t sum_entries(const Entry* entries, size_t n, size_t width, int bits, int slot_bits, uint32_t* slots, uint32_t* rows,
                   float* sums) {
  constexpr uint32_t empty = 0xffffffffu;
  const uint32_t mask = (1u << slot_bits) - 1;
  __builtin_memset(slots, 0xff, (size_t{1} << slot_bits) * sizeof(uint32_t));
  uint32_t found = 0;
  for (size_t i = 0; i < n; i++) {
    // Entries of one share lie anywhere in the gradient.
    if (i + ahead < n) prefetch_span(entries[i + ahead].gradient, width);
    const uint32_t row = entries[i].row;
    uint32_t slot = (hashed(row) << bits) >> (32 - slot_bits);
    while (slots[slot] != empty && rows[slots[slot]] != row) slot = (slot + 1) & mask;
    if (slots[slot] == empty) {
      slots[slot] = found;
      rows[found] = row;
      copy_span(entries[i].gradient, sums + found * width, width);
      found++;
    } else {
      add_span(sums + slots[slot] * width, entries[i].gradient, width);
    }
  }
  return found;
}

/** Every lane by itself: one instruction on each set. */
inline Vector square_root(Vector x) {
  Vector root = x;
  for (size_t i = 0; i < lanes; i++) root[i] = __builtin_sqrtf(x[i]);
  return root;
}

struct Sgd {
  static inline void vector(const Step& step, float* w, float*, float*, Vector g) { store(w, load(w) - g * step.rate); }
  static inline void scalar(const Step& step, float* w, float*, float*, float g) { *w -= g * step.rate; }
};

struct Adagrad {
  static inline void vector(const Step& step, float* w, float* s, float*, Vector g) {
    const Vector sum = load(s) + g * g;
    store(s, sum);
    store(w, load(w) - g * step.rate / (square_root(sum) + step.epsilon));
  }
  static inline void scalar(const Step& step, float* w, float* s, float*, float g) {
    *s += g * g;
    *w -= g * step.rate / (__builtin_sqrtf(*s) + step.epsilon);
  }
};

struct Adam {
  static inline void vector(const Step& step, float* w, float* m, float* v, Vector g) {
    const Vector mean = load(m) * step.beta1 + g * step.rest1;
    const Vector variance = load(v) * step.beta2 + g * g * step.rest2;
    store(m, mean);
    store(v, variance);
    store(w, load(w) - mean * step.rate / (square_root(variance) / step.root + step.epsilon));
  }
  static inline void scalar(const Step& step, float* w, float* m, float* v, float g) {
    *m = *m * step.beta1 + g * step.rest1;
    *v = *v * step.beta2 + g * g * step.rest2;
    *w -= *m * step.rate / (__builtin_sqrtf(*v) / step.root + step.epsilon);
  }
};

template <class R>
inline void update_span(const Step& step, float* w, float* s0, float* s1, const float* g, size_t width) {
  size_t k = 0;
  for (; k + lanes <= width; k += lanes) R::vector(step, w + k, s0 + k, s1 + k, load(g + k));
  for (; k < width; k++) R::scalar(step, w + k, s0 + k, s1 + k, g[k]);
}

/** One accumulator for the row: the mean of the squares. */
inline void update_row_wise(const Step& step, float* w, float* sum, const float* g, size_t width) {
  float squares = 0;
  for (size_t k = 0; k < width; k++) squares += g[k] * g[k];
  *sum += squares / width;
  const float rate = step.rate / (__builtin_sqrtf(*sum) + step.epsilon);
  for (size_t k = 0; k < width; k++) w[k] -= rate * g[k];
}

template <class R, int States>
void update_each(const Step& step, float* table, float* s0, float* s1, size_t width, const uint32_t* rows,
                 const float* g, size_t n) {
  for (size_t i = 0; i < n; i++, g += width) {
    if (i + ahead < n) {
      const size_t next = rows[i + ahead] * width;
      prefetch_span_write(table + next, width);
      if (States > 0) prefetch_span_write(s0 + next, width);
      if (States > 1) prefetch_span_write(s1 + next, width);
    }
    const size_t at = rows[i] * width;
    update_span<R>(step, table + at, s0 + at, s1 + at, g, width);
  }
}

void update_rows(const Step& step, float* table, float* s0, float* s1, size_t width, const uint32_t* rows,
                 const float* g, size_t n) {
  switch (step.rule) {
    case Rule::sgd: return update_each<Sgd, 0>(step, table, s0, s1, width, rows, g, n);
    case Rule::adagrad: return update_each<Adagrad, 1>(step, table, s0, s1, width, rows, g, n);
    case Rule::adam: return update_each<Adam, 2>(step, table, s0, s1, width, rows, g, n);
    case Rule::rowwise_adagrad:
      for (size_t i = 0; i < n; i++, g += width) {
        if (i + ahead < n) {
          prefetch_span_write(table + rows[i + ahead] * width, width);
          prefetch_write(s0 + rows[i + ahead]);
        }
        update_row_wise(step, table + rows[i] * width, s0 + rows[i], g, width);
      }
  }
}

void update_dense(const Step& step, float* w, float* s0, float* s1, const float* g, size_t rows, size_t width) {
  switch (step.rule) {
    case Rule::sgd: return update_span<Sgd>(step, w, s0, s1, g, rows * width);
    case Rule::adagrad: return update_span<Adagrad>(step, w, s0, s1, g, rows * width);
    case Rule::adam: return update_span<Adam>(step, w, s0, s1, g, rows * width);
    case Rule::rowwise_adagrad:
      for (size_t i = 0; i < rows; i++) update_row_wise(step, w + i * width, s0 + i, g + i * width, width);
  }
}

} // namespace
