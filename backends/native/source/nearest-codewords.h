// The nearest codeword of a codebook: scores q c - |c|^2 / 2 stay in registers. They have the bits of a matrix
// product and a subtraction while a product sums all of k in one range: up to a width of 128 at least.
#pragma once

#include "reductions.h"

namespace {

/** Floats of a codebook laid out for the search: a row for each of `width` coordinates and one for half the squared norms. */
size_t searched_floats(size_t codewords, size_t width) { return (width + 1) * up(codewords); }

/** codebook: [codewords, width]. Places behind the last codeword are infinitely far. squares: scratch memory of `width` floats. */
void lay_out_codebook(const float* codebook, size_t codewords, size_t width, float* searched, float* squares) {
  const size_t columns = up(codewords);
  float* half_norms = searched + width * columns;
  for (size_t code = 0; code < codewords; code++) {
    for (size_t k = 0; k < width; k++) {
      const float x = codebook[code * width + k];
      searched[k * columns + code] = x;
      squares[k] = x * x;
    }
    half_norms[code] = static_cast<float>(sum_row(squares, width)) / 2;
  }
  for (size_t code = codewords; code < columns; code++) {
    for (size_t k = 0; k < width; k++) searched[k * columns + code] = 0;
    half_norms[code] = __builtin_inff();
  }
}

template <int bit, int... lane>
inline __attribute__((always_inline)) Vector exchanged(Vector x, Sequence<lane...>) {
  return pick<(lane ^ bit)...>(x, x);
}

/** The place of the greatest number, the first of equal ones; that of the first lane where none is a number. Halves are compared, then quarters. */
template <int bit = static_cast<int>(lanes) / 2>
inline __attribute__((always_inline)) int32_t place_of_greatest(Vector numbers, IntVector places) {
  if constexpr (bit == 0) {
    return places[0];
  } else {
    typename Counting<static_cast<int>(lanes)>::Type all;
    const Vector others = exchanged<bit>(numbers, all);
    const IntVector other_places = (IntVector)exchanged<bit>((Vector)places, all);
    const IntVector wins = (IntVector)(others > numbers) | ((IntVector)(others == numbers) & (IntVector)(other_places < places));
    return place_of_greatest<bit / 2>(select_lanes(wins, others, numbers),
                                      (IntVector)select_lanes(wins, (Vector)other_places, (Vector)places));
  }
}

/**
 * Codes of `together` queries. They are searched side by side, because a comparison waits for the one before. `fixed`: the width, if it is
 * known when this is compiled; else 0.
 */
template <size_t fixed, size_t together>
inline __attribute__((always_inline)) void nearest_of(const float* queries, size_t some_width, const float* searched,
                                                      size_t columns, int32_t* codes) {
  const size_t width = fixed > 0 ? fixed : some_width;
  const float* half_norms = searched + width * columns;
  IntVector place;
  for (size_t i = 0; i < lanes; i++) place[i] = static_cast<int32_t>(i);
  Vector extremes[together];
  IntVector places[together];
#pragma GCC unroll 4
  for (size_t i = 0; i < together; i++) places[i] = place;
  for (size_t at = 0; at < columns; at += lanes, place += static_cast<int32_t>(lanes)) {
    Vector scores[together];
#pragma GCC unroll 4
    for (size_t i = 0; i < together; i++) scores[i] = Vector{};
    for (size_t k = 0; k < width; k++) {
      const Vector column = load(searched + k * columns + at);
#pragma GCC unroll 4
      for (size_t i = 0; i < together; i++) scores[i] += broadcast(queries[i * width + k]) * column;
    }
    const Vector subtracted = load(half_norms + at);
#pragma GCC unroll 4
    for (size_t i = 0; i < together; i++) {
      scores[i] -= subtracted;
      if (at == 0) extremes[i] = broadcast(scores[i][0]); // no number is beyond NaN
      const IntVector beyond = (IntVector)(scores[i] > extremes[i]);
      extremes[i] = select_lanes(beyond, scores[i], extremes[i]);
      places[i] = (IntVector)select_lanes(beyond, (Vector)place, (Vector)places[i]);
    }
  }
  for (size_t i = 0; i < together; i++) codes[i] = place_of_greatest(extremes[i], places[i]);
}

template <size_t fixed>
void nearest_of_all(const float* queries, size_t batch, size_t width, const float* searched, size_t codewords,
                    int32_t* codes) {
  constexpr size_t together = 4;
  const size_t columns = up(codewords);
  size_t row = 0;
  for (; row + together <= batch; row += together)
    nearest_of<fixed, together>(queries + row * width, width, searched, columns, codes + row);
  for (; row < batch; row++) nearest_of<fixed, 1>(queries + row * width, width, searched, columns, codes + row);
}

/** queries: [batch, width] -> codes: [batch]; searched: see lay_out_codebook. codewords > 0. */
void nearest_codewords(const float* queries, size_t batch, size_t width, const float* searched, size_t codewords,
                       int32_t* codes) {
  switch (width) {
    case 1: return nearest_of_all<1>(queries, batch, width, searched, codewords, codes);
    case 2: return nearest_of_all<2>(queries, batch, width, searched, codewords, codes);
    case 4: return nearest_of_all<4>(queries, batch, width, searched, codewords, codes);
    case 8: return nearest_of_all<8>(queries, batch, width, searched, codewords, codes);
    default: return nearest_of_all<0>(queries, batch, width, searched, codewords, codes);
  }
}

} // namespace
