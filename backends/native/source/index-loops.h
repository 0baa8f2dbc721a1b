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
    default: return; // have other loops
  }
}

/** The same operand for all indices, in place. */
template <class Operation>
inline void each_of_column(uint32_t* x, size_t n, Operation operation) {
  for (size_t i = 0; i < n; i++) {
    const uint32_t changed = operation(x[i]);
    x[i] = x[i] == no_row ? no_row : changed;
  }
}

/** Quotients of 32-bit numbers by one divisor, whose reciprocal in doubles is wrong by less than 1 in all of them. */
struct Divisor {
  double value, reciprocal;
  explicit Divisor(uint32_t divisor) : value(divisor), reciprocal(1.0 / divisor) {}
  inline double quotient(double x) const {
    const double about = static_cast<double>(static_cast<int64_t>(x * reciprocal));
    const double rest = x - about * value;
    return about + (rest >= value ? 1.0 : 0.0) - (rest < 0 ? 1.0 : 0.0);
  }
};

/** Returns the place of the first index outside of the map. */
inline size_t look_up(uint32_t* x, size_t n, const IndexMap& map, uint32_t* outside) {
  constexpr size_t ahead = 16; // maps are as long as there are ids: entries are far apart
  bool all = map.length > 0;
  for (size_t i = 0; i < n; i++) all &= x[i] < map.length || x[i] == no_row;
  if (!all)
    for (size_t i = 0; i < n; i++)
      if (x[i] != no_row && x[i] >= map.length) {
        *outside = x[i];
        return i;
      }
  if (map.length == 0) return n;
  // No branches: whether an index is one is a matter of chance.
  for (size_t i = 0; i < n; i++) {
    if (i + ahead < n) prefetch(map.entries + (x[i + ahead] == no_row ? 0 : x[i + ahead]));
    const bool none = x[i] == no_row;
    const uint32_t entry = map.entries[none ? 0 : x[i]];
    x[i] = none ? no_row : entry;
  }
  return n;
}

/** All steps on n indices of a column, in place. Returns n, or the place of the first index that is outside of its map. */
inline size_t evaluate_column(uint32_t* x, size_t n, const IndexStep* steps, size_t count, const IndexMap* maps, uint32_t* outside,
                              uint32_t* outside_of) {
  for (const IndexStep* step = steps; step < steps + count; step++) {
    const uint32_t y = step->operand, end = step->end;
    switch (step->operation) {
      case IndexOperation::plus: each_of_column(x, n, [&](uint32_t a) { return a + y; }); break;
      case IndexOperation::div: {
        const Divisor divisor(y);
        each_of_column(x, n, [&](uint32_t a) { return static_cast<uint32_t>(divisor.quotient(a)); });
        break;
      }
      case IndexOperation::mod: {
        const Divisor divisor(y);
        each_of_column(x, n, [&](uint32_t a) { return a - static_cast<uint32_t>(divisor.quotient(a)) * y; });
        break;
      }
      case IndexOperation::bits: each_of_column(x, n, [&](uint32_t a) { return a & y; }); break;
      case IndexOperation::hash: {
        const uint32_t mixed = mix32(y);
        each_of_column(x, n, [&](uint32_t a) { return mix32(mix32(a ^ mixed) + y); });
        break;
      }
      case IndexOperation::within:
        for (size_t i = 0; i < n; i++) x[i] = x[i] >= y && x[i] < end ? x[i] - y : no_row;
        break;
      case IndexOperation::through: {
        const size_t place = look_up(x, n, maps[y], outside);
        if (place == n) break;
        *outside_of = y;
        return place;
      }
    }
  }
  return n;
}

/** Floats in the places of indices. */
inline void to_floats(uint32_t* x, size_t n, const IndexScale& scale) {
  for (size_t i = 0; i < n; i++) {
    const float value = static_cast<float>(x[i]) * scale.times + scale.plus;
    __builtin_memcpy(x + i, &value, sizeof value);
  }
}

/** A hash, some bits of it, and floats in their places, in one go: what a network decodes is made of thousands of these for a sample. */
inline void hashed_floats(const uint32_t* ids, size_t n, uint32_t seed, uint32_t bits, const IndexScale& scale, uint32_t* x) {
  const uint32_t mixed = mix32(seed);
  for (size_t i = 0; i < n; i++) {
    const uint32_t hash = mix32(mix32(ids[i] ^ mixed) + seed);
    const uint32_t own = ids[i] == no_row ? no_row : hash;
    const uint32_t some = own == no_row ? no_row : own & bits;
    const float value = static_cast<float>(some) * scale.times + scale.plus;
    __builtin_memcpy(x + i, &value, sizeof value);
  }
}

constexpr size_t indices_together = 256;

/** Columns [lanes][indices_together] to rows of `out`; the bits of indices travel as floats, which shuffles leave alone. */
inline void columns_to_rows(const uint32_t (*columns)[indices_together], size_t n, uint32_t* out, size_t out_row) {
  for (size_t from = 0; from < n; from += lanes) {
    Vector square[lanes];
    for (size_t i = 0; i < lanes; i++) square[i] = load(reinterpret_cast<const float*>(columns[i] + from));
    transpose(square);
    const size_t count = min_size(lanes, n - from);
    for (size_t i = 0; i < count; i++) store(reinterpret_cast<float*>(out + (from + i) * out_row), square[i]);
  }
}

bool evaluate_indices(const uint32_t* values, size_t rows, size_t fields, const IndexColumn* columns, size_t column_count,
                      const IndexStep* steps, const IndexMap* maps, const IndexScale* scale, uint32_t* out, size_t out_row,
                      uint32_t* outside, uint32_t* outside_of) {
  // A column at a time, so that its operands are the same for all. As many columns as a vector has lanes go to rows together: one
  // after the other, each would write to a line of the cache for every number.
  uint32_t ids[indices_together], x[lanes][indices_together] = {};
  for (size_t from = 0; from < rows; from += indices_together) {
    const size_t n = min_size(indices_together, rows - from);
    size_t known = fields; // the field of `ids`; none yet
    for (size_t first = 0; first < column_count; first += lanes) {
      const size_t count = min_size(lanes, column_count - first);
      for (size_t c = 0; c < count; c++) {
        const IndexColumn& column = columns[first + c];
        if (column.field != known) {
          known = column.field;
          for (size_t i = 0; i < n; i++) ids[i] = values[(from + i) * fields + known];
        }
        const IndexStep* of = steps + column.first;
        if (scale && column.count == 2 && of[0].operation == IndexOperation::hash && of[1].operation == IndexOperation::bits) {
          hashed_floats(ids, n, of[0].operand, of[1].operand, *scale, x[c]);
          continue;
        }
        __builtin_memcpy(x[c], ids, n * sizeof(uint32_t));
        if (evaluate_column(x[c], n, steps + column.first, column.count, maps, outside, outside_of) < n) return false;
        if (scale) to_floats(x[c], n, *scale);
      }
      uint32_t* to = out + from * out_row + first;
      if (count == lanes) columns_to_rows(x, n, to, out_row);
      else
        for (size_t i = 0; i < n; i++)
          for (size_t c = 0; c < count; c++) to[i * out_row + c] = x[c][i];
    }
  }
  return true;
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
