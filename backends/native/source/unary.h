// Operations on one number, a line each: those of tfjs, by its names.
#pragma once

#include "numbers.h"

namespace {

/** T is float for floats, double for integers. */
#define EMBED_UNARY(Name, value)                          \
  struct Name {                                           \
    template <class T>                                    \
    static inline T of(T x, T p, T q) {                   \
      (void)p, (void)q;                                   \
      return static_cast<T>(value);                       \
    }                                                     \
  };

EMBED_UNARY(Abs, fabs_of(x))
EMBED_UNARY(Neg, -x)
EMBED_UNARY(Square, x * x)
EMBED_UNARY(Sqrt, sqrt_of(x))
EMBED_UNARY(Rsqrt, 1 / sqrt_of(x))
EMBED_UNARY(Reciprocal, 1 / x)
EMBED_UNARY(Exp, exp_of(x))
EMBED_UNARY(Expm1, expm1_of(x))
EMBED_UNARY(Log, log_of(x))
EMBED_UNARY(Log1p, log1p_of(x))
EMBED_UNARY(Sin, sin_of(x))
EMBED_UNARY(Cos, cos_of(x))
EMBED_UNARY(Tan, tan_of(static_cast<double>(x))) // near its poles a float is too far from the next
EMBED_UNARY(Asin, asin_of(x))
EMBED_UNARY(Acos, acos_of(x))
EMBED_UNARY(Atan, atan_of(x))
EMBED_UNARY(Sinh, sinh_of(x))
EMBED_UNARY(Cosh, cosh_of(x))
EMBED_UNARY(Asinh, asinh_of(x))
EMBED_UNARY(Acosh, acosh_of(x))
EMBED_UNARY(Atanh, atanh_of(x))
EMBED_UNARY(Floor, floor_of(x))
EMBED_UNARY(Ceil, ceil_of(x))
EMBED_UNARY(Round, x == T(-0.5) ? T(0) : rint_of(x)) // halves to even; tfjs's -0.5 becomes 0, not -0
EMBED_UNARY(Sign, x < 0 ? T(-1) : x > 0 ? T(1) : T(0))
EMBED_UNARY(Step, x > 0 ? T(1) : x != x ? x : p)
EMBED_UNARY(Relu, x <= 0 ? T(0) : x)
EMBED_UNARY(Relu6, x <= 0 ? T(0) : x > 6 ? T(6) : x)
EMBED_UNARY(LeakyRelu, x < 0 ? p * x : x)
EMBED_UNARY(Elu, x >= 0 ? x : expm1_of(x))
EMBED_UNARY(Selu, x >= 0 ? T(1.0507009873554804934) * x : T(1.7580993408473768599) * expm1_of(x))
EMBED_UNARY(ClipByValue, x > q ? q : x < p ? p : x)

/** exp of a negative number never overflows. */
struct Sigmoid {
  template <class T>
  static inline T of(T x, T, T) {
    const T e = exp_of(-fabs_of(x));
    return (x < 0 ? e : 1) / (1 + e);
  }
};

/** Computed by exp, and by the series for small numbers, where the difference would leave too few digits. */
struct Tanh {
  static inline float of(float x, float, float) {
    const float size = fabs_of(x), square = x * x;
    float series = 21844.0f / 6081075;
    series = series * square - 1382.0f / 155925;
    series = series * square + 62.0f / 2835;
    series = series * square - 17.0f / 315;
    series = series * square + 2.0f / 15;
    series = series * square - 1.0f / 3;
    const float small = x * (1 + square * series), large = 1 - 2 / (exp_of(2 * size) + 1);
    return size < 0.5f ? small : __builtin_copysignf(large, x);
  }
  static inline double of(double x, double, double) { return tanh_of(x); }
};

/** Beyond these, floats know no difference from x, or from exp(x). */
struct Softplus {
  template <class T>
  static inline T of(T x, T, T) {
    const T bound = T(13.9423847);
    return x > bound ? x : x < -bound ? exp_of(x) : log1p_of(exp_of(x));
  }
};

/** tfjs's formula (Abramowitz and Stegun 7.1.26), with its error of 1e-7; in doubles, as it is a difference. */
struct Erf {
  template <class T>
  static inline T of(T x, T, T) {
    const double v = __builtin_fabs(x), t = 1 / (1 + 0.3275911 * v);
    const double series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
    return static_cast<T>((x > 0 ? 1 : x < 0 ? -1 : x) * (1 - series * __builtin_exp(-v * v)));
  }
};

template <class Op>
void unary_floats(const void* x, void* y, size_t n, double p, double q) {
  const float *from = static_cast<const float*>(x), first = static_cast<float>(p), second = static_cast<float>(q);
  float* to = static_cast<float*>(y);
  for (size_t i = 0; i < n; i++) to[i] = Op::of(from[i], first, second);
}

template <class Op>
void unary_ints(const void* x, void* y, size_t n, double p, double q) {
  const int32_t* from = static_cast<const int32_t*>(x);
  int32_t* to = static_cast<int32_t*>(y);
  for (size_t i = 0; i < n; i++) to[i] = wrapped(Op::of(static_cast<double>(from[i]), p, q));
}

#define EMBED_TEST(Name, value)                                       \
  void Name(const void* from, void* y, size_t n, double, double) {    \
    const float* x = static_cast<const float*>(from);                 \
    uint8_t* to = static_cast<uint8_t*>(y);                           \
    for (size_t i = 0; i < n; i++) to[i] = value;                     \
  }

EMBED_TEST(is_nan, x[i] != x[i])
EMBED_TEST(is_inf, __builtin_fabsf(x[i]) > __FLT_MAX__)
EMBED_TEST(is_finite, __builtin_fabsf(x[i]) <= __FLT_MAX__)

void logical_not(const void* x, void* y, size_t n, double, double) {
  const uint8_t* from = static_cast<const uint8_t*>(x);
  uint8_t* to = static_cast<uint8_t*>(y);
  for (size_t i = 0; i < n; i++) to[i] = !from[i];
}

#define EMBED_FAST(Name) {#Name, false, Result::same, {unary_floats<Name>, unary_ints<Name>, nullptr}}
#define EMBED_SLOW(Name) {#Name, true, Result::same, {unary_floats<Name>, unary_ints<Name>, nullptr}}

const Unary unary_table[] = {
    EMBED_FAST(Abs), EMBED_FAST(Neg), EMBED_FAST(Square), EMBED_FAST(Sqrt), EMBED_FAST(Rsqrt), EMBED_FAST(Reciprocal),
    EMBED_FAST(Exp), EMBED_SLOW(Expm1), EMBED_SLOW(Log), EMBED_SLOW(Log1p), EMBED_SLOW(Sin), EMBED_SLOW(Cos),
    EMBED_SLOW(Tan), EMBED_SLOW(Asin), EMBED_SLOW(Acos), EMBED_SLOW(Atan), EMBED_SLOW(Sinh), EMBED_SLOW(Cosh),
    EMBED_FAST(Tanh), EMBED_SLOW(Asinh), EMBED_SLOW(Acosh), EMBED_SLOW(Atanh), EMBED_FAST(Floor), EMBED_FAST(Ceil),
    EMBED_FAST(Round), EMBED_FAST(Sign), EMBED_FAST(Step), EMBED_FAST(Relu), EMBED_FAST(Relu6), EMBED_FAST(LeakyRelu),
    EMBED_SLOW(Elu), EMBED_SLOW(Selu), EMBED_FAST(ClipByValue), EMBED_FAST(Sigmoid), EMBED_SLOW(Softplus),
    EMBED_SLOW(Erf),
    {"IsNan", false, Result::uint8, {is_nan, nullptr, nullptr}},
    {"IsInf", false, Result::uint8, {is_inf, nullptr, nullptr}},
    {"IsFinite", false, Result::uint8, {is_finite, nullptr, nullptr}},
    {"LogicalNot", false, Result::uint8, {nullptr, nullptr, logical_not}},
};

#undef EMBED_UNARY
#undef EMBED_TEST
#undef EMBED_FAST
#undef EMBED_SLOW

} // namespace
