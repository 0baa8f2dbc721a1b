// Numbers moved, picked or converted, not computed with.
#pragma once

#include "numbers.h"
#include "panel.h"

namespace {

/** Rows short enough that a call of memcpy would cost more than the copy. */
constexpr size_t short_row = 256;

inline void copy_bytes(const char* from, char* to, size_t bytes) {
  if (bytes > short_row) {
    __builtin_memcpy(to, from, bytes);
    return;
  }
  size_t at = 0;
  for (; at + 16 <= bytes; at += 16) __builtin_memcpy(to + at, from + at, 16);
  for (; at + 4 <= bytes; at += 4) __builtin_memcpy(to + at, from + at, 4);
  for (; at < bytes; at++) to[at] = from[at];
}

template <class T>
void copy_stepping(const CopySpan& span) {
  const T* from = static_cast<const T*>(span.from);
  T* to = static_cast<T*>(span.to);
  for (size_t row = 0; row < span.rows; row++, from += span.from_row, to += span.to_row) {
    if (span.from_step == 0 && span.to_step == 1) {
      const T value = *from;
      for (size_t i = 0; i < span.n; i++) to[i] = value;
    } else {
      for (size_t i = 0; i < span.n; i++)
        to[static_cast<ptrdiff_t>(i) * span.to_step] = from[static_cast<ptrdiff_t>(i) * span.from_step];
    }
  }
}

void copy(const CopySpan& span) {
  if (span.from_step == 1 && span.to_step == 1) {
    const ptrdiff_t bytes = static_cast<ptrdiff_t>(span.bytes);
    const char* from = static_cast<const char*>(span.from);
    char* to = static_cast<char*>(span.to);
    for (size_t row = 0; row < span.rows; row++, from += span.from_row * bytes, to += span.to_row * bytes)
      copy_bytes(from, to, span.n * span.bytes);
  } else if (span.bytes == 4 && span.to_step == 1 && span.from_row == 1 && span.from_step > 0 && span.to_row > 0) {
    // A transposition, in pieces that fit the first-level cache. Panels are whole vectors wide: the rest goes one by one,
    // since what lies beyond a row is another row, or nothing.
    constexpr size_t piece = 128;
    const size_t step = static_cast<size_t>(span.from_step), to_row = static_cast<size_t>(span.to_row);
    const size_t whole = span.n - span.n % lanes;
    for (size_t row = 0; row < span.rows; row += piece) {
      const size_t some = min_size(piece, span.rows - row);
      const float* from = static_cast<const float*>(span.from) + row;
      float* to = static_cast<float*>(span.to) + row * to_row;
      transpose_panel(from, step, some, whole, whole, to, to_row);
      for (size_t j = whole; j < span.n; j++)
        for (size_t p = 0; p < some; p++) to[p * to_row + j] = from[j * step + p];
    }
  } else if (span.bytes == 4) {
    copy_stepping<int32_t>(span);
  } else {
    copy_stepping<uint8_t>(span);
  }
}

template <class From, class To>
inline void convert_each(const void* from, void* to, size_t n) {
  const From* x = static_cast<const From*>(from);
  To* y = static_cast<To*>(to);
  for (size_t i = 0; i < n; i++) y[i] = stored<To>(static_cast<double>(x[i]));
}

template <class From>
inline void convert_to_truth(const void* from, void* to, size_t n) {
  const From* x = static_cast<const From*>(from);
  uint8_t* y = static_cast<uint8_t*>(to);
  for (size_t i = 0; i < n; i++) y[i] = x[i] != 0;
}

/** Casts as tfjs does: to uint8, its booleans, 1 if it is not 0. */
void convert(Type from_type, const void* from, Type to_type, void* to, size_t n) {
  switch (from_type) {
    case float32:
      if (to_type == int32) convert_each<float, int32_t>(from, to, n);
      else if (to_type == uint8) convert_to_truth<float>(from, to, n);
      else __builtin_memcpy(to, from, n * sizeof(float));
      return;
    case int32:
      if (to_type == float32) convert_each<int32_t, float>(from, to, n);
      else if (to_type == uint8) convert_to_truth<int32_t>(from, to, n);
      else __builtin_memcpy(to, from, n * sizeof(int32_t));
      return;
    case uint8:
      if (to_type == float32) convert_each<uint8_t, float>(from, to, n);
      else if (to_type == int32) convert_each<uint8_t, int32_t>(from, to, n);
      else __builtin_memcpy(to, from, n);
      return;
  }
}

template <class T>
inline void select_each(const uint8_t* condition, const void* t, const void* e, void* out, size_t n) {
  const T *yes = static_cast<const T*>(t), *no = static_cast<const T*>(e);
  T* to = static_cast<T*>(out);
  for (size_t i = 0; i < n; i++) to[i] = condition[i] == 1 ? yes[i] : no[i];
}

void select_numbers(const uint8_t* condition, const void* t, const void* e, void* out, size_t bytes, size_t n) {
  if (bytes == 4) select_each<int32_t>(condition, t, e, out, n);
  else select_each<uint8_t>(condition, t, e, out, n);
}

void gather_slices(const char* x, const int32_t* indices, size_t count, size_t slice, char* out) {
  if (slice == 4)
    for (size_t i = 0; i < count; i++) __builtin_memcpy(out + 4 * i, x + 4 * static_cast<size_t>(indices[i]), 4);
  else
    for (size_t i = 0; i < count; i++) copy_bytes(x + slice * static_cast<size_t>(indices[i]), out + slice * i, slice);
}

} // namespace
