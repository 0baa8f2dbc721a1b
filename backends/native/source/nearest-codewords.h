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

/** `fixed`: the width, if it is known when this is compiled; else 0. */
template <size_t fixed>
void nearest_of(const float* queries, size_t batch, size_t some_width, const float* searched, size_t codewords,
                int32_t* codes) {
  const size_t width = fixed > 0 ? fixed : some_width;
  const size_t columns = up(codewords);
  const float* half_norms = searched + width * columns;
  IntVector lane;
  for (size_t i = 0; i < lanes; i++) lane[i] = static_cast<int32_t>(i);
  for (size_t row = 0; row < batch; row++, queries += width) {
    Vector extremes = {};
    IntVector places = lane, place = lane;
    for (size_t at = 0; at < columns; at += lanes, place += static_cast<int32_t>(lanes)) {
      Vector scores = {};
      for (size_t k = 0; k < width; k++) scores += broadcast(queries[k]) * load(searched + k * columns + at);
      scores -= load(half_norms + at);
      if (at == 0) extremes = broadcast(scores[0]); // no number is beyond NaN
      const IntVector beyond = (IntVector)(scores > extremes);
      extremes = select_lanes(beyond, scores, extremes);
      places = (places & ~beyond) | (place & beyond);
    }
    float extreme = extremes[0];
    int32_t code = places[0];
    for (size_t i = 1; i < lanes; i++)
      if (extremes[i] > extreme || (extremes[i] == extreme && places[i] < code)) extreme = extremes[i], code = places[i];
    codes[row] = code;
  }
}

/** queries: [batch, width] -> codes: [batch]; searched: see lay_out_codebook. codewords > 0. */
void nearest_codewords(const float* queries, size_t batch, size_t width, const float* searched, size_t codewords,
                       int32_t* codes) {
  switch (width) {
    case 1: return nearest_of<1>(queries, batch, width, searched, codewords, codes);
    case 2: return nearest_of<2>(queries, batch, width, searched, codewords, codes);
    case 4: return nearest_of<4>(queries, batch, width, searched, codewords, codes);
    case 8: return nearest_of<8>(queries, batch, width, searched, codewords, codes);
    default: return nearest_of<0>(queries, batch, width, searched, codewords, codes);
  }
}

} // namespace
