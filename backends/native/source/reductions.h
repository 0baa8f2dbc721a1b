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

const Reduction reduction_table[] = {
    {"Max", Result::same, {reduce<Max, float>, reduce<Max, int32_t>, reduce<Max, uint8_t>}},
    {"Min", Result::same, {reduce<Min, float>, reduce<Min, int32_t>, reduce<Min, uint8_t>}},
    {"Prod", Result::same, {reduce<Prod, float>, reduce<Prod, int32_t>, nullptr}},
    {"All", Result::same, {nullptr, nullptr, reduce<All, uint8_t>}},
    {"Any", Result::same, {nullptr, nullptr, reduce<Any, uint8_t>}},
    {"ArgMax", Result::int32, {arg_extreme<float, true>, arg_extreme<int32_t, true>, arg_extreme<uint8_t, true>}},
    {"ArgMin", Result::int32, {arg_extreme<float, false>, arg_extreme<int32_t, false>, arg_extreme<uint8_t, false>}},
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
