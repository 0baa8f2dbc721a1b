// Many numbers to one, along any axis: x[rows][columns] to [columns].
#pragma once

#include "numbers.h"

namespace {

/** The columns of which sums fit the first-level cache. */
constexpr size_t column_block = 256;

void sum_floats(const float* x, size_t row, size_t rows, size_t columns, double* sums) {
  for (size_t j = 0; j < columns; j++) sums[j] = 0;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) sums[j] += x[i * row + j];
}

/** Eight sums at a time, of every eighth number; then they are added up. */
inline double sum_row(const float* x, size_t n) {
  constexpr size_t together = 8;
  double sums[together] = {};
  size_t i = 0;
  for (; i + together <= n; i += together)
    for (size_t k = 0; k < together; k++) sums[k] += x[i + k];
  double sum = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
  for (; i < n; i++) sum += x[i];
  return sum;
}

void sum_rows(const float* x, size_t rows, size_t n, double* sums) {
  for (size_t i = 0; i < rows; i++) sums[i] = sum_row(x + i * n, n);
}

void sum_ints(const int32_t* x, size_t row, size_t rows, size_t columns, int64_t* sums) {
  for (size_t j = 0; j < columns; j++) sums[j] = 0;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) sums[j] += x[i * row + j];
}

/** The first NaN stays. */
struct Max {
  template <class T>
  using Sum = T;
  template <class T>
  static inline T next(T most, T x) {
    return x != x || x > most ? x : most;
  }
};
struct Min {
  template <class T>
  using Sum = T;
  template <class T>
  static inline T next(T least, T x) {
    return x != x || x < least ? x : least;
  }
};
struct Prod {
  template <class T>
  using Sum = double;
  template <class T>
  static inline double next(double product, T x) {
    return product * x;
  }
};
struct All {
  template <class T>
  using Sum = T;
  template <class T>
  static inline T next(T all, T x) {
    return all ? x : all;
  }
};
struct Any {
  template <class T>
  using Sum = T;
  template <class T>
  static inline T next(T any, T x) {
    return any ? any : x;
  }
};

template <class R, class T>
void reduce(const void* from, size_t row, size_t rows, size_t columns, void* to) {
  using Sum = typename R::template Sum<T>;
  const T* x = static_cast<const T*>(from);
  T* out = static_cast<T*>(to);
  for (size_t first = 0; first < columns; first += column_block) {
    const size_t width = min_size(column_block, columns - first);
    Sum sums[column_block];
    for (size_t j = 0; j < width; j++) sums[j] = static_cast<Sum>(x[first + j]);
    for (size_t i = 1; i < rows; i++)
      for (size_t j = 0; j < width; j++) sums[j] = R::next(sums[j], x[i * row + first + j]);
    for (size_t j = 0; j < width; j++) out[first + j] = stored<T>(static_cast<double>(sums[j]));
  }
}

/** The place of the extreme: the first of equals. No number is beyond NaN, and NaN is beyond no number. */
template <class T, bool greatest>
void arg_extreme(const void* from, size_t row, size_t rows, size_t columns, void* to) {
  const T* x = static_cast<const T*>(from);
  int32_t* out = static_cast<int32_t*>(to);
  for (size_t j = 0; j < columns; j++) {
    T extreme = x[j];
    size_t at = 0;
    for (size_t i = 1; i < rows; i++) {
      const T value = x[i * row + j];
      if (greatest ? value > extreme : value < extreme) extreme = value, at = i;
    }
    out[j] = static_cast<int32_t>(at);
  }
}

/** The same of floats that lie side by side: as many at a time as a vector has lanes, each of which has the first of its own. */
template <bool greatest>
int32_t arg_extreme_of_row(const float* x, size_t rows) {
  Vector extremes = broadcast(x[0]);
  IntVector places = {}, place;
  for (size_t lane = 0; lane < lanes; lane++) place[lane] = static_cast<int32_t>(lane);
  size_t i = 0;
  for (; i + lanes <= rows; i += lanes, place += static_cast<int32_t>(lanes)) {
    const Vector values = load(x + i);
    const IntVector beyond = greatest ? (IntVector)(values > extremes) : (IntVector)(values < extremes);
    extremes = select_lanes(beyond, values, extremes);
    places = (places & ~beyond) | (place & beyond);
  }
  float extreme = extremes[0];
  int32_t at = places[0];
  for (size_t lane = 1; lane < lanes; lane++) {
    const float value = extremes[lane];
    const bool beyond = greatest ? value > extreme : value < extreme;
    if (beyond || (value == extreme && places[lane] < at)) extreme = value, at = places[lane];
  }
  for (; i < rows; i++)
    if (greatest ? x[i] > extreme : x[i] < extreme) extreme = x[i], at = static_cast<int32_t>(i);
  return at;
}

/** And of floats whose neighbors belong to other results. */
template <bool greatest>
void arg_extreme_of_floats(const void* from, size_t row, size_t rows, size_t columns, void* to) {
  const float* x = static_cast<const float*>(from);
  int32_t* out = static_cast<int32_t*>(to);
  if (columns == 1 && row == 1) {
    *out = arg_extreme_of_row<greatest>(x, rows);
    return;
  }
  size_t j = 0;
  for (; j + lanes <= columns; j += lanes) {
    Vector extremes = load(x + j);
    IntVector places = {};
    for (size_t i = 1; i < rows; i++) {
      const Vector values = load(x + i * row + j);
      const IntVector beyond = greatest ? (IntVector)(values > extremes) : (IntVector)(values < extremes);
      const IntVector here = IntVector{} + static_cast<int32_t>(i);
      extremes = select_lanes(beyond, values, extremes);
      places = (places & ~beyond) | (here & beyond);
    }
    __builtin_memcpy(out + j, &places, sizeof places);
  }
  if (j < columns) arg_extreme<float, greatest>(x + j, row, rows, columns - j, out + j);
}

const Reduction reduction_table[] = {
    {"Max", Result::same, {reduce<Max, float>, reduce<Max, int32_t>, reduce<Max, uint8_t>}},
    {"Min", Result::same, {reduce<Min, float>, reduce<Min, int32_t>, reduce<Min, uint8_t>}},
    {"Prod", Result::same, {reduce<Prod, float>, reduce<Prod, int32_t>, nullptr}},
    {"All", Result::same, {nullptr, nullptr, reduce<All, uint8_t>}},
    {"Any", Result::same, {nullptr, nullptr, reduce<Any, uint8_t>}},
    {"ArgMax", Result::int32, {arg_extreme_of_floats<true>, arg_extreme<int32_t, true>, arg_extreme<uint8_t, true>}},
    {"ArgMin", Result::int32, {arg_extreme_of_floats<false>, arg_extreme<int32_t, false>, arg_extreme<uint8_t, false>}},
};

void softmax(const float* x, float* y, size_t rows, size_t n) {
  for (size_t row = 0; row < rows; row++, x += n, y += n) {
    float most = x[0];
    for (size_t i = 1; i < n; i++) most = Max::next(most, x[i]);
    for (size_t i = 0; i < n; i++) y[i] = exp_of(x[i] - most);
    const float sum = static_cast<float>(sum_row(y, n));
    for (size_t i = 0; i < n; i++) y[i] /= sum;
  }
}

} // namespace
