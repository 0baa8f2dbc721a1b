// Arithmetic on indices, [batch, fields], with an operand for each field (harness/contract/indices.ts).
#pragma once

#include "kernels.h"
#include "hash.h"
#include "vector.h"

namespace {

struct IndexPlus { static inline uint32_t of(uint32_t x, uint32_t y) { return x + y; } };
struct IndexDiv { static inline uint32_t of(uint32_t x, uint32_t y) { return x / y; } };
struct IndexMod { static inline uint32_t of(uint32_t x, uint32_t y) { return x % y; } };
struct IndexAnd { static inline uint32_t of(uint32_t x, uint32_t y) { return x & y; } };
struct IndexHash { static inline uint32_t of(uint32_t x, uint32_t seed) { return mix32(mix32(x ^ mix32(seed)) + seed); } };

template <class Operation>
void each_index(const uint32_t* values, size_t n, const uint32_t* operands, size_t period, uint32_t* out) {
  for (size_t from = 0; from < n; from += period) {
    const size_t count = min_size(period, n - from);
    for (size_t i = 0; i < count; i++)
      out[from + i] = values[from + i] == no_row ? no_row : Operation::of(values[from + i], operands[i]);
  }
}

void apply_to_indices(IndexOperation operation, const uint32_t* values, size_t n, const uint32_t* operands, size_t period,
                      uint32_t* out) {
  switch (operation) {
    case IndexOperation::plus: return each_index<IndexPlus>(values, n, operands, period, out);
    case IndexOperation::div: return each_index<IndexDiv>(values, n, operands, period, out);
    case IndexOperation::mod: return each_index<IndexMod>(values, n, operands, period, out);
    case IndexOperation::bits: return each_index<IndexAnd>(values, n, operands, period, out);
    case IndexOperation::hash: return each_index<IndexHash>(values, n, operands, period, out);
  }
}

void indices_within(const uint32_t* values, size_t n, const uint32_t* first, const uint32_t* end, size_t period,
                    uint32_t* out) {
  for (size_t from = 0; from < n; from += period) {
    const size_t count = min_size(period, n - from);
    for (size_t i = 0; i < count; i++) {
      const uint32_t value = values[from + i];
      out[from + i] = value >= first[i] && value < end[i] ? value - first[i] : no_row;
    }
  }
}

void pick_columns(const uint32_t* values, size_t rows, size_t fields, const uint32_t* columns, size_t count,
                  uint32_t* out) {
  for (size_t row = 0; row < rows; row++, values += fields, out += count)
    for (size_t k = 0; k < count; k++) out[k] = values[columns[k]];
}

} // namespace
