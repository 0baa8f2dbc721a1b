// Matrix products: a packed panel of b against tiles of a, sums in registers (the scheme of Goto and van de Geijn, ACM
// TOMS 34, 2008, without its outermost loops: b's panels for one range of k fit the second-level cache).
#pragma once

#include "kernels.h"
#include "panel.h"

namespace {

constexpr size_t tile_rows = EMBED_TILE_ROWS;
constexpr size_t panel_width = 2 * lanes;

/** Floats from one k to the next in a copied tile of a: whole vectors. */
constexpr size_t packed_row = (tile_rows + lanes - 1) / lanes * lanes;

inline size_t panels_of(size_t n) { return (n + panel_width - 1) / panel_width; }

size_t packed_floats(size_t k, size_t n) { return panels_of(n) * panel_width * k; }

/** The rest of pack_b while the panel is in the cache. */
void add_columns(const float* packed, size_t k, size_t width, float* sums) {
  Vector low{}, high{};
  for (size_t p = 0; p < k; p++, packed += panel_width) {
    low += load(packed);
    high += load(packed + lanes);
  }
  for (size_t j = 0; j < width; j++) sums[j] += j < lanes ? low[j] : high[j - lanes];
}

/** Panels that are packed together: a row of b is read as it lies, some cache lines at a time. */
constexpr size_t packed_together = 8;

/** Whole panels of b whose columns lie side by side; `sums`, if given: [count * panel_width], added to in the order of k. */
void pack_rows_of_b(const float* b, size_t b_k, size_t k, size_t count, float* packed, float* sums) {
  Vector totals[2 * packed_together] = {};
  for (size_t p = 0; p < k; p++, b += b_k)
    for (size_t i = 0; i < 2 * count; i++) {
      const Vector x = load(b + i * lanes);
      store(packed + (i / 2 * k + p) * panel_width + i % 2 * lanes, x);
      if (sums) totals[i] += x;
    }
  for (size_t j = 0; sums && j < count * panel_width; j++) sums[j] += totals[j / lanes][j % lanes];
}

void pack_b(const float* b, size_t b_k, size_t b_column, size_t k, size_t n, size_t from, size_t to, float* packed,
            float* sums) {
  for (size_t panel = from; panel < to; panel++) {
    const size_t first = panel * panel_width, width = min_size(panel_width, n - first);
    float* out = packed + panel * panel_width * k;
    const size_t whole = min_size(min_size(packed_together, to - panel), (n - first) / panel_width);
    if (b_column == 1 && whole > 0) {
      pack_rows_of_b(b + first, b_k, k, whole, out, sums ? sums + first : nullptr);
      panel += whole - 1;
      continue;
    }
    if (b_column == 1) copy_panel(b + first, b_k, k, width, panel_width, out, panel_width);
    else transpose_panel(b + first * b_column, b_column, k, width, panel_width, out, panel_width);
    if (sums) add_columns(out, k, width, sums + first);
  }
}

/** A place in a, and how to get from there to other rows and other k. One of the two steps is 1. */
struct Place {
  const float* at;
  size_t row, k;
};

/**
 * R rows of a as they lie in memory: rows side by side need one address; rows apart three, and two distances, which an
 * address may multiply by 1, 2 and 4. Nothing is copied first: the tile's numbers stay in the first-level cache while it
 * is multiplied.
 */
template <bool side_by_side>
class TileRows {
 public:
  explicit TileRows(const Place& a) : first_(a.at), step_(a.row * sizeof(float)), next_(a.k) {
    if (side_by_side) return;
    middle_ = a.at + 5 * a.row, last_ = a.at + 10 * a.row, three_ = 3 * step_;
    // Pointers in registers of their own: left alone, the compiler keeps an address for every row, more than there are registers.
    asm("" : "+r"(middle_));
    asm("" : "+r"(last_));
  }

  inline __attribute__((always_inline)) float operator[](size_t i) const {
    if (side_by_side) return first_[i];
    const float* from = i < 5 ? first_ : i < 10 ? middle_ : last_;
    const size_t ahead = i % 5;
    return *reinterpret_cast<const float*>(reinterpret_cast<const char*>(from) + (ahead == 3 ? three_ : ahead * step_));
  }

  inline __attribute__((always_inline)) void next() {
    if (side_by_side) first_ += next_;
    else first_++, middle_++, last_++;
  }

 private:
  const float* first_;
  const float* middle_ = nullptr;
  const float* last_ = nullptr;
  size_t step_, three_ = 0, next_;
};

/** R rows of a tile, V vectors wide, at c. */
template <size_t R, size_t V, bool side_by_side>
void tile(const Place& a, const float* b, size_t k, float* c, size_t c_row, bool first, const float* bias, bool relu,
          const float* mask) {
  Vector sums[R][V];
#pragma GCC unroll 16
  for (size_t i = 0; i < R; i++) {
#pragma GCC unroll 2
    for (size_t j = 0; j < V; j++) sums[i][j] = Vector{};
    prefetch_write(c + i * c_row);
    prefetch_write(c + i * c_row + V * lanes - 1);
    if (mask) prefetch(mask + i * c_row), prefetch(mask + i * c_row + V * lanes - 1);
  }
  TileRows<side_by_side> rows(a);
  for (size_t p = 0; p < k; p++, rows.next(), b += panel_width) {
    Vector columns[V];
#pragma GCC unroll 2
    for (size_t j = 0; j < V; j++) columns[j] = load(b + j * lanes);
#pragma GCC unroll 16
    for (size_t i = 0; i < R; i++)
#pragma GCC unroll 2
      for (size_t j = 0; j < V; j++) sums[i][j] += columns[j] * rows[i];
  }
#pragma GCC unroll 16
  for (size_t i = 0; i < R; i++)
#pragma GCC unroll 2
    for (size_t j = 0; j < V; j++) {
      float* to = c + i * c_row + j * lanes;
      Vector sum = sums[i][j];
      if (!first) sum += load(to);
      if (bias) sum += load(bias + j * lanes);
      if (relu) sum = where_positive(sum, sum);
      if (mask) sum = where_positive(load(mask + i * c_row + j * lanes), sum);
      store(to, sum);
    }
}

using Tile = void (*)(const Place&, const float*, size_t, float*, size_t, bool, const float*, bool, const float*);

template <size_t V, bool side_by_side>
Tile tile_of(size_t rows) {
  switch (rows) {
    case 1: return tile<1, V, side_by_side>;
    case 2: return tile<2, V, side_by_side>;
    case 3: return tile<3, V, side_by_side>;
    case 4: return tile<4, V, side_by_side>;
    case 5: return tile<5, V, side_by_side>;
#if EMBED_TILE_ROWS > 6
    case 6: return tile<6, V, side_by_side>;
    case 7: return tile<7, V, side_by_side>;
    case 8: return tile<8, V, side_by_side>;
    case 9: return tile<9, V, side_by_side>;
    case 10: return tile<10, V, side_by_side>;
    case 11: return tile<11, V, side_by_side>;
    case 12: return tile<12, V, side_by_side>;
    case 13: return tile<13, V, side_by_side>;
#endif
    default: return tile<tile_rows, V, side_by_side>;
  }
}

/** A tile at the right edge, narrower than its vectors: computed aside, then finished with the lanes that are there. */
void edge_tile(Tile whole, size_t rows, size_t width, const Place& a, const float* b, const ProductBlock& block, float* c,
               const float* bias, const float* mask) {
  float aside[tile_rows * panel_width];
  whole(a, b, block.k, aside, panel_width, true, nullptr, false, nullptr);
  for (size_t j = 0; j < width; j += lanes) {
    const FirstLanes there(min_size(lanes, width - j));
    const Vector shift = bias ? there.load(bias + j) : Vector{};
    for (size_t i = 0; i < rows; i++) {
      float* to = c + i * block.c_row + j;
      Vector sum = load(aside + i * panel_width + j);
      if (!block.first) sum += there.load(to);
      if (bias) sum += shift;
      if (block.last && block.epilogue.relu) sum = where_positive(sum, sum);
      if (mask) sum = where_positive(there.load(mask + i * block.c_row + j), sum);
      there.store(to, sum);
    }
  }
}

void product_block(const ProductBlock& block) {
  const Epilogue& end = block.epilogue;
  const bool side_by_side = block.a_row == 1;
  // The few floats that a tile has of each k touch a line or two each: with a panel of b that is more than the first-level
  // cache holds, and steps of a power of two fall on the same few places of it. Copied together they are read panel by panel.
  const bool copied = side_by_side && block.panel_to - block.panel_from > 1;
  alignas(64) float copy[packed_row * EMBED_MAX_K];
  for (size_t row = block.row_from; row < block.row_to; row += tile_rows) {
    const size_t rows = min_size(tile_rows, block.row_to - row);
    Place a{block.a + row * block.a_row, block.a_row, block.a_k};
    if (copied) {
      // The next tile's rows lie beside these: whole vectors are copied as far as there are any.
      copy_panel(a.at, a.k, block.k, min_size(packed_row, block.m - row), rows, copy, packed_row);
      a.at = copy, a.k = packed_row;
    }
    const Tile wide = side_by_side ? tile_of<2, true>(rows) : tile_of<2, false>(rows);
    const Tile narrow = side_by_side ? tile_of<1, true>(rows) : tile_of<1, false>(rows);
    for (size_t panel = block.panel_from; panel < block.panel_to; panel++) {
      const size_t column = panel * panel_width, width = min_size(panel_width, block.n - column);
      const float* b = block.b + panel * panel_width * block.k;
      float* c = block.c + row * block.c_row + column;
      const float* bias = block.last && end.bias ? end.bias + column : nullptr;
      const float* mask = block.last && end.mask ? end.mask + row * block.c_row + column : nullptr;
      const Tile fitting = width <= lanes ? narrow : wide;
      if (width == panel_width || width == lanes)
        fitting(a, b, block.k, c, block.c_row, block.first, bias, block.last && end.relu, mask);
      else edge_tile(fitting, rows, width, a, b, block, c, bias, mask);
    }
  }
}

} // namespace
