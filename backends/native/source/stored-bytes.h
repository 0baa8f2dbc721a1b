// Numbers in the bytes of stored tables.
#pragma once

#include "numbers.h"
#include "vector.h"

namespace {

/** All of it but the exponent's range is a float's: 2^112 brings that back, whole numbers of 2^-24 included. */
inline float half_at(const uint8_t* from) {
  const uint32_t half = from[0] | from[1] << 8, sign = (half & 0x8000) << 16, magnitude = (half & 0x7fff) << 13;
  if (magnitude >= 0x0f800000) return as_float(sign | 0x7f800000 | (magnitude & 0x007fffff)); // infinity, or none
  return as_float(sign | bits_of(as_float(magnitude) * 0x1p112f));
}

inline float float_at(const uint8_t* from) {
  float x;
  __builtin_memcpy(&x, from, sizeof x);
  return x;
}

/** The same without branches: for loops that become vectors. */
inline float half_of(uint32_t half) {
  const uint32_t sign = (half & 0x8000) << 16, magnitude = (half & 0x7fff) << 13;
  const uint32_t finite = bits_of(as_float(magnitude) * 0x1p112f), other = 0x7f800000 | (magnitude & 0x007fffff);
  return as_float(sign | (magnitude >= 0x0f800000 ? other : finite));
}

inline uint32_t word_at(const uint8_t* from) {
  uint32_t word;
  __builtin_memcpy(&word, from, sizeof word);
  return word;
}

/** Bits at..at + count of bytes that end at `end`, the lowest first; count at most 32. */
inline uint32_t bits_at(const uint8_t* bytes, size_t at, size_t count, const uint8_t* end) {
  const uint8_t* from = bytes + at / 8;
  uint64_t word = 0;
  if (end - from >= 8) __builtin_memcpy(&word, from, 8);
  else __builtin_memcpy(&word, from, static_cast<size_t>(end - from));
  return static_cast<uint32_t>(word >> at % 8 & ((uint64_t{1} << count) - 1));
}

} // namespace
