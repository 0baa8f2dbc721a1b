// Activations as codes of few bits, for the backward pass (harness/ops/packed-activations.ts). A row's codes lie in planes:
// word j has those of columns j, j + words, j + 2 words, ..., the first in the lowest bits, so that loops over words become
// vectors. The highest bit of a word is turned over: in integers with a sign, that is one addition.
#pragma once

#include "kernels.h"
#include "numbers.h"

namespace {

constexpr uint32_t turned = 0x80000000u;

float largest(const float* x, size_t n) {
  float most = 0;
  for (size_t i = 0; i < n; i++) {
    const float size = __builtin_fabsf(x[i]);
    most = size > most ? size : most;
  }
  return most;
}

/**
 * Values that are not positive have code 0; the others have codes of equal steps from 1 on. NaN gets a valid code too.
 */
inline uint32_t code_of_positive(float x, float inverse, float levels) {
  const float steps = x * inverse;
  const float whole = steps < levels - 1 ? steps : levels - 1;
  return x > 0 ? 1 + static_cast<uint32_t>(static_cast<int32_t>(whole > 0 ? whole : 0)) : 0;
}

/** Rounds to the nearest step, to the even one of two; what is added is rounded to whole numbers, in the low bits. */
inline uint32_t code_of_any(float x, float inverse, float levels) {
  const float shift = 12582912.0f; // 1.5 * 2^23
  const float steps = x * inverse;
  const float above = steps > -levels ? steps : -levels;
  const float within = above < levels ? above : levels; // between product and sum: they must not be rounded together
  return bits_of(within + shift) - bits_of(shift) + static_cast<uint32_t>(levels);
}

template <size_t bits, bool with_sign>
inline void pack_all(const PackedRows& form, const float* x, float inverse, size_t rows, uint32_t* words) {
  const size_t width = form.words;
  const float levels = form.levels;
  for (size_t i = 0; i < rows; i++, x += form.columns, words += width) {
    for (size_t j = 0; j < width; j++) words[j] = turned;
    for (size_t plane = 0, first = 0; first < form.columns; plane++, first += width) {
      const size_t count = min_size(width, form.columns - first), shift = plane * bits;
      for (size_t j = 0; j < count; j++) {
        const float at = x[first + j];
        const uint32_t code = with_sign ? code_of_any(at, inverse, levels) : code_of_positive(at, inverse, levels);
        words[j] ^= code << shift;
      }
    }
  }
}

/** Calls each(code, place in x) for all codes; `each` is inlined into the loop over a plane. */
template <size_t bits, class Each>
inline void each_code(const PackedRows& form, const uint32_t* words, size_t rows, float* x, const Each& each) {
  const size_t width = form.words;
  for (size_t i = 0; i < rows; i++, x += form.columns, words += width)
    for (size_t plane = 0, first = 0; first < form.columns; plane++, first += width) {
      const size_t count = min_size(width, form.columns - first), shift = plane * bits;
      for (size_t j = 0; j < count; j++)
        each(static_cast<int32_t>((words[j] ^ turned) >> shift & ((1u << bits) - 1)), x[first + j]);
    }
}

template <size_t bits>
inline void unpack_all(const PackedRows& form, const uint32_t* words, float step, size_t rows, float* x) {
  if (form.with_sign) {
    const auto levels = static_cast<int32_t>(form.levels);
    each_code<bits>(form, words, rows, x, [=](int32_t code, float& to) { to = static_cast<float>(code - levels) * step; });
  } else {
    each_code<bits>(form, words, rows, x, [=](int32_t code, float& to) {
      const float middle = (static_cast<float>(code) - 0.5f) * step;
      to = middle > 0 ? middle : 0;
    });
  }
}

template <size_t bits>
inline void mask_all(const PackedRows& form, const uint32_t* words, size_t rows, float* x) {
  each_code<bits>(form, words, rows, x, [](int32_t code, float& to) { to = code > 0 ? to : 0; });
}

template <size_t bits>
inline void pack_by_sign(const PackedRows& form, const float* x, float inverse, size_t rows, uint32_t* words) {
  if (form.with_sign) pack_all<bits, true>(form, x, inverse, rows, words);
  else pack_all<bits, false>(form, x, inverse, rows, words);
}

void pack_rows(const PackedRows& form, const float* x, float inverse, size_t rows, uint32_t* words) {
  switch (form.bits) {
    case 2: return pack_by_sign<2>(form, x, inverse, rows, words);
    case 4: return pack_by_sign<4>(form, x, inverse, rows, words);
    default: return pack_by_sign<8>(form, x, inverse, rows, words);
  }
}

void unpack_rows(const PackedRows& form, const uint32_t* words, float step, size_t rows, float* x) {
  switch (form.bits) {
    case 2: return unpack_all<2>(form, words, step, rows, x);
    case 4: return unpack_all<4>(form, words, step, rows, x);
    default: return unpack_all<8>(form, words, step, rows, x);
  }
}

void mask_rows(const PackedRows& form, const uint32_t* words, size_t rows, float* x) {
  switch (form.bits) {
    case 2: return mask_all<2>(form, words, rows, x);
    case 4: return mask_all<4>(form, words, rows, x);
    default: return mask_all<8>(form, words, rows, x);
  }
}

} // namespace
