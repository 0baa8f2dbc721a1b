// Rows of tables: reading them, and moving them by an optimizer's rule. Rows are met in random order, so the memory that
// comes next is asked for ahead of time.
#pragma once

#include "kernels.h"
#include "optimizer-steps.h" // made of harness/rules by optimizer-rules.ts
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
    const size_t to = min_size(n, from + block);
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

/** One step on a row: `by_row` rules compute something for it first. States are a copy, which no store can change. */
template <class R>
inline __attribute__((always_inline)) void update_row(R& rule, float* w, const States states, const float* g, size_t width) {
  rule.row(states, g, width);
  size_t k = 0;
  for (; k + lanes <= width; k += lanes) rule.template floats<Vector>(w, states, g, k);
  for (; k < width; k++) rule.template floats<float>(w, states, g, k);
}

template <class R>
inline void prefetch_row(float* w, const States& states, size_t width) {
  prefetch_span_write(w, width);
  for (size_t i = 0; i < R::shape.states; i++) {
    if (R::shape.per_row[i]) prefetch_write(states.at[i]);
    else prefetch_span_write(states.at[i], width);
  }
}

template <class R>
inline __attribute__((always_inline)) States states_of_row(const States& states, size_t row, size_t width) {
  States moved;
  for (size_t i = 0; i < R::shape.states; i++) moved.at[i] = states.at[i] + row * (R::shape.per_row[i] ? 1 : width);
  return moved;
}

void update_rows(const Step& step, float* table, const States& states, size_t width, const uint32_t* rows,
                 const float* gradients, size_t n) {
  with_rule(step.rule, [&](auto type) {
    using R = typename decltype(type)::Step;
    R rule(step);
    const float* g = gradients;
    for (size_t i = 0; i < n; i++, g += width) {
      if (i + ahead < n) {
        const size_t next = rows[i + ahead];
        prefetch_row<R>(table + next * width, states_of_row<R>(states, next, width), width);
      }
      update_row(rule, table + rows[i] * width, states_of_row<R>(states, rows[i], width), g, width);
    }
  });
}

void update_dense(const Step& step, float* w, const States& states, const float* g, size_t rows, size_t width) {
  with_rule(step.rule, [&](auto type) {
    using R = typename decltype(type)::Step;
    R rule(step);
    if (!R::shape.by_row) return update_row(rule, w, states, g, rows * width); // rows are nothing to the rule
    for (size_t i = 0; i < rows; i++)
      update_row(rule, w + i * width, states_of_row<R>(states, i, width), g + i * width, width);
  });
}

} // namespace
