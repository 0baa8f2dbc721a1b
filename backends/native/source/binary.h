// Operations on two numbers, a line each: those of tfjs, by its names.
#pragma once

#include "numbers.h"

namespace {

/** T is float for floats, double for integers and booleans. */
#define EMBED_BINARY(Name, value)              \
  struct Name {                                \
    template <class T>                         \
    static inline T of(T a, T b) {             \
      return value;                            \
    }                                          \
  };

EMBED_BINARY(Add, a + b)
EMBED_BINARY(Sub, a - b)
EMBED_BINARY(Multiply, a * b)
EMBED_BINARY(RealDiv, a / b)
EMBED_BINARY(Maximum, greater_of(a, b))
EMBED_BINARY(Minimum, lesser_of(a, b))
EMBED_BINARY(SquaredDifference, (a - b) * (a - b))
EMBED_BINARY(Prelu, a < 0 ? b * a : a)
EMBED_BINARY(EluGrad, b >= 0 ? a : a * (b + 1)) // a: dy, b: y
EMBED_BINARY(LogicalAnd, a != 0 ? b : a)
EMBED_BINARY(LogicalOr, a != 0 ? a : b)
EMBED_BINARY(Equal, a == b)
EMBED_BINARY(NotEqual, a != b)
EMBED_BINARY(Greater, a > b)
EMBED_BINARY(GreaterEqual, a >= b)
EMBED_BINARY(Less, a < b)
EMBED_BINARY(LessEqual, a <= b)

/** Before it becomes an integer, which wraps. */
struct FloorDiv {
  template <class T>
  static inline double of(T a, T b) {
    return __builtin_floor(static_cast<double>(a) / static_cast<double>(b));
  }
};

struct Mod {
  template <class T>
  static inline T of(T a, T b) {
    const double x = a, y = b, rest = __builtin_fmod(x, y);
    const bool alike = (x < 0 && y < 0) || (x >= 0 && y >= 0);
    return static_cast<T>(alike ? rest : __builtin_fmod(rest + y, y));
  }
};

/** JavaScript's: NaN if C says 1. */
struct Pow {
  static inline float of(float a, float b) {
    if (b != b || (__builtin_fabsf(a) == 1 && __builtin_fabsf(b) > __FLT_MAX__)) return __builtin_nanf("");
    return __builtin_powf(a, b);
  }
  static inline double of(double a, double b) { return __builtin_pow(a, b); }
};

template <class Op, class In, class Out>
struct Apply {
  static inline Out to(In a, In b) { return stored<Out>(Op::of(static_cast<double>(a), static_cast<double>(b))); }
};
template <class Op, class Out>
struct Apply<Op, float, Out> {
  static inline Out to(float a, float b) { return stored<Out>(static_cast<double>(Op::of(a, b))); }
};
template <class Op>
struct Apply<Op, float, float> {
  static inline float to(float a, float b) { return Op::of(a, b); }
};
template <class Op>
struct Apply<Op, float, uint8_t> {
  static inline uint8_t to(float a, float b) { return Op::of(a, b) != 0; }
};

template <class Op, class In, class Out>
void binary(const BinarySpan& span) {
  const In *a = static_cast<const In*>(span.a), *b = static_cast<const In*>(span.b);
  Out* y = static_cast<Out*>(span.y);
  const size_t n = span.n;
  for (size_t row = 0; row < span.rows; row++, a += span.a_row, b += span.b_row, y += n) {
    if (span.a_moves && span.b_moves) {
      for (size_t i = 0; i < n; i++) y[i] = Apply<Op, In, Out>::to(a[i], b[i]);
    } else if (span.a_moves) {
      const In second = *b;
      for (size_t i = 0; i < n; i++) y[i] = Apply<Op, In, Out>::to(a[i], second);
    } else if (span.b_moves) {
      const In first = *a;
      for (size_t i = 0; i < n; i++) y[i] = Apply<Op, In, Out>::to(first, b[i]);
    } else {
      const Out value = Apply<Op, In, Out>::to(*a, *b);
      for (size_t i = 0; i < n; i++) y[i] = value;
    }
  }
}

/** One loop for all ways to move, for rarer types. */
template <class Op, class In, class Out>
void binary_compact(const BinarySpan& span) {
  const In *a = static_cast<const In*>(span.a), *b = static_cast<const In*>(span.b);
  Out* y = static_cast<Out*>(span.y);
  for (size_t row = 0; row < span.rows; row++, a += span.a_row, b += span.b_row, y += span.n)
    for (size_t i = 0; i < span.n; i++)
      y[i] = Apply<Op, In, Out>::to(a[span.a_moves ? i : 0], b[span.b_moves ? i : 0]);
}

#define EMBED_ARITHMETIC(Name, slow)                                                        \
  {#Name, slow, Result::same, {binary<Name, float, float>, binary_compact<Name, int32_t, int32_t>, \
                               binary_compact<Name, uint8_t, uint8_t>}}
#define EMBED_FLOATS(Name) {#Name, false, Result::same, {binary<Name, float, float>, nullptr, nullptr}}
#define EMBED_COMPARISON(Name)                                                                    \
  {#Name, false, Result::uint8, {binary<Name, float, uint8_t>, binary_compact<Name, int32_t, uint8_t>, \
                                 binary_compact<Name, uint8_t, uint8_t>}}
#define EMBED_LOGICAL(Name) {#Name, false, Result::uint8, {nullptr, nullptr, binary_compact<Name, uint8_t, uint8_t>}}

const Binary binary_table[] = {
    EMBED_ARITHMETIC(Add, false), EMBED_ARITHMETIC(Sub, false), EMBED_ARITHMETIC(Multiply, false),
    EMBED_ARITHMETIC(RealDiv, false), EMBED_ARITHMETIC(Maximum, false), EMBED_ARITHMETIC(Minimum, false),
    EMBED_ARITHMETIC(SquaredDifference, false), EMBED_ARITHMETIC(Mod, true), EMBED_ARITHMETIC(Pow, true),
    EMBED_FLOATS(Prelu), EMBED_FLOATS(EluGrad),
    {"FloorDiv", false, Result::int32, {binary_compact<FloorDiv, float, int32_t>, binary_compact<FloorDiv, int32_t, int32_t>,
                                        nullptr}},
    EMBED_COMPARISON(Equal), EMBED_COMPARISON(NotEqual), EMBED_COMPARISON(Greater), EMBED_COMPARISON(GreaterEqual),
    EMBED_COMPARISON(Less), EMBED_COMPARISON(LessEqual), EMBED_LOGICAL(LogicalAnd), EMBED_LOGICAL(LogicalOr),
};

#undef EMBED_BINARY
#undef EMBED_ARITHMETIC
#undef EMBED_FLOATS
#undef EMBED_COMPARISON
#undef EMBED_LOGICAL

} // namespace
