// Numbers as JavaScript has them: computed in doubles, converted when they are stored. For floats, + - * / and square roots
// give the same bits in float arithmetic; integers take the way over doubles.
#pragma once

#include "kernels.h"
#include "vector.h"

namespace {

inline float as_float(uint32_t bits) {
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

inline uint32_t bits_of(float x) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}

/** Without the fraction, modulo 2^32; 0 for what is not finite. */
inline int32_t wrapped(double x) {
  if (__builtin_fabs(x) < 9223372036854775808.0) return static_cast<int32_t>(static_cast<int64_t>(x));
  if (!(__builtin_fabs(x) <= __DBL_MAX__)) return 0;
  return static_cast<int32_t>(static_cast<int64_t>(__builtin_fmod(x, 4294967296.0)));
}

template <class T>
inline T stored(double x);
template <>
inline float stored<float>(double x) {
  return static_cast<float>(x);
}
template <>
inline int32_t stored<int32_t>(double x) {
  return wrapped(x);
}
template <>
inline uint8_t stored<uint8_t>(double x) {
  return static_cast<uint8_t>(wrapped(x));
}

#define EMBED_FUNCTION(name)                                              \
  inline float name##_of(float x) { return __builtin_##name##f(x); }      \
  inline double name##_of(double x) { return __builtin_##name(x); }

EMBED_FUNCTION(fabs)
EMBED_FUNCTION(floor)
EMBED_FUNCTION(ceil)
EMBED_FUNCTION(rint)
EMBED_FUNCTION(sqrt)
EMBED_FUNCTION(expm1)
EMBED_FUNCTION(log)
EMBED_FUNCTION(log1p)
EMBED_FUNCTION(sin)
EMBED_FUNCTION(cos)
EMBED_FUNCTION(tan)
EMBED_FUNCTION(asin)
EMBED_FUNCTION(acos)
EMBED_FUNCTION(atan)
EMBED_FUNCTION(sinh)
EMBED_FUNCTION(cosh)
EMBED_FUNCTION(tanh)
EMBED_FUNCTION(asinh)
EMBED_FUNCTION(acosh)
EMBED_FUNCTION(atanh)
#undef EMBED_FUNCTION

inline double exp_of(double x) { return __builtin_exp(x); }

/**
 * 2^n e^r with n whole and |r| <= ln 2 / 2, e^r by its series. Without branches or calls, so that loops over it become
 * vectors; within 2 units in the last place.
 */
inline float exp_of(float x) {
  // Beyond these it is 0 or infinity in any case. NaN stays NaN.
  x = x < -104.0f ? -104.0f : x;
  x = x > 89.0f ? 89.0f : x;
  const float shift = 12582912.0f; // 1.5 * 2^23: what is added to it is rounded to whole numbers, in the low bits
  const float shifted = x * 1.44269504f + shift;
  const float n = shifted - shift;
  const float r = x - n * 0.693359375f - n * -2.12194440e-4f; // ln 2 in two pieces, the first short: n times it is exact
  float sum = 1.0f / 5040;
  sum = sum * r + 1.0f / 720;
  sum = sum * r + 1.0f / 120;
  sum = sum * r + 1.0f / 24;
  sum = sum * r + 1.0f / 6;
  sum = sum * r + 0.5f;
  sum = sum * r + 1.0f;
  sum = sum * r + 1.0f;
  // Multiplied in two factors, as 2^n may be out of range where the result is not.
  const int32_t power = static_cast<int32_t>(bits_of(shifted) - bits_of(shift)), half = power >> 1;
  const float low = as_float(static_cast<uint32_t>(half + 127) << 23);
  const float high = as_float(static_cast<uint32_t>(power - half + 127) << 23);
  return sum * low * high;
}

/** Math.max and Math.min: NaN if one is NaN; 0 is more than -0. */
inline float greater_of(float a, float b) {
  const float equal = as_float(bits_of(a) & bits_of(b));
  return a > b ? a : b > a ? b : a == b ? equal : __builtin_nanf("");
}
inline float lesser_of(float a, float b) {
  const float equal = as_float(bits_of(a) | bits_of(b));
  return a < b ? a : b < a ? b : a == b ? equal : __builtin_nanf("");
}
inline double greater_of(double a, double b) { return a > b ? a : b; } // of integers
inline double lesser_of(double a, double b) { return a < b ? a : b; }

} // namespace
