// One vector type per instruction set. Files that include this are compiled once for each set; everything in them is in an
// anonymous namespace and free of the standard library's templates: the linker keeps one copy of an inline function, and
// if that were the AVX-512 copy, older processors would stop at it.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(EMBED_AVX512) || defined(EMBED_AVX2)
#include <immintrin.h>
#endif

#if defined(EMBED_AVX512)
#define EMBED_SET avx512
#define EMBED_VECTOR_BYTES 64
#define EMBED_TILE_ROWS 14 // 14 x 2 sums, 2 columns and 1 broadcast: 31 of 32 registers
#elif defined(EMBED_AVX2)
#define EMBED_SET avx2
#define EMBED_VECTOR_BYTES 32
#define EMBED_TILE_ROWS 6 // 6 x 2 sums, 2 columns and 1 broadcast: 15 of 16 registers
#else
#define EMBED_SET baseline
#define EMBED_VECTOR_BYTES 16 // SSE2 and NEON
#define EMBED_TILE_ROWS 6
#endif

namespace {

typedef float Vector __attribute__((vector_size(EMBED_VECTOR_BYTES)));
typedef int32_t IntVector __attribute__((vector_size(EMBED_VECTOR_BYTES)));
/** The same, where memory need not be aligned. */
typedef float UnalignedVector __attribute__((vector_size(EMBED_VECTOR_BYTES), aligned(4), may_alias));

constexpr size_t lanes = EMBED_VECTOR_BYTES / sizeof(float);

inline __attribute__((always_inline)) Vector load(const float* from) {
  return *reinterpret_cast<const UnalignedVector*>(from);
}

inline __attribute__((always_inline)) void store(float* to, Vector value) {
  *reinterpret_cast<UnalignedVector*>(to) = value;
}

/** A vector or a single number, for code that is written once for both. */
template <class V>
inline V load_as(const float* from);
template <>
inline __attribute__((always_inline)) Vector load_as<Vector>(const float* from) {
  return load(from);
}
template <>
inline __attribute__((always_inline)) float load_as<float>(const float* from) {
  return *from;
}
inline __attribute__((always_inline)) void store_as(float* to, Vector value) { store(to, value); }
inline __attribute__((always_inline)) void store_as(float* to, float value) { *to = value; }

/** Every lane by itself: one instruction on each set. */
inline __attribute__((always_inline)) Vector square_root(Vector x) {
  Vector root = x;
  for (size_t i = 0; i < lanes; i++) root[i] = __builtin_sqrtf(x[i]);
  return root;
}
inline __attribute__((always_inline)) float square_root(float x) { return __builtin_sqrtf(x); }

inline __attribute__((always_inline)) Vector broadcast(float x) { return x - Vector{}; } // -0 stays -0

inline __attribute__((always_inline)) Vector select_lanes(IntVector mask, Vector a, Vector b) {
#if defined(EMBED_AVX2)
  return (Vector)_mm256_blendv_ps((__m256)b, (__m256)a, (__m256)mask);
#else
  return (Vector)(((IntVector)a & mask) | ((IntVector)b & ~mask));
#endif
}

/** The smaller and the larger of two; NaN if a is NaN. */
inline __attribute__((always_inline)) Vector min_of(Vector a, Vector b) { return select_lanes((IntVector)(b < a), b, a); }
inline __attribute__((always_inline)) Vector max_of(Vector a, Vector b) { return select_lanes((IntVector)(b > a), b, a); }
inline __attribute__((always_inline)) Vector min_of(Vector a, float b) { return min_of(a, broadcast(b)); }
inline __attribute__((always_inline)) Vector max_of(Vector a, float b) { return max_of(a, broadcast(b)); }
inline __attribute__((always_inline)) Vector min_of(float a, Vector b) { return min_of(broadcast(a), b); }
inline __attribute__((always_inline)) Vector max_of(float a, Vector b) { return max_of(broadcast(a), b); }
inline __attribute__((always_inline)) float min_of(float a, float b) { return b < a ? b : a; }
inline __attribute__((always_inline)) float max_of(float a, float b) { return b > a ? b : a; }

/** `value` where `test` is positive, 0 elsewhere. */
inline __attribute__((always_inline)) Vector where_positive(Vector test, Vector value) {
  return (Vector)((IntVector)value & (IntVector)(test > 0.0f));
}

/** One vector of numbers of two: c[i] = (a, b)[places[i]]. */
template <int... places>
inline __attribute__((always_inline)) Vector pick(Vector a, Vector b) {
#if defined(__clang__)
  return __builtin_shufflevector(a, b, places...);
#else
  return __builtin_shuffle(a, b, (IntVector){places...});
#endif
}

template <int... values>
struct Sequence {};
template <int n, int... rest>
struct Counting : Counting<n - 1, n - 1, rest...> {};
template <int... counted>
struct Counting<0, counted...> {
  using Type = Sequence<counted...>;
};

/** Half of the exchange of a pair of rows whose numbers differ in one bit: a's where the column has the bit unset. */
template <int bit, int... column>
inline __attribute__((always_inline)) Vector exchange_low(Vector a, Vector b, Sequence<column...>) {
  return pick<(column & bit ? static_cast<int>(lanes) + (column ^ bit) : column)...>(a, b);
}
template <int bit, int... column>
inline __attribute__((always_inline)) Vector exchange_high(Vector a, Vector b, Sequence<column...>) {
  return pick<(column & bit ? static_cast<int>(lanes) + column : (column ^ bit))...>(a, b);
}

/** Transposes a square of vectors, one bit of the row and column numbers after the other. */
template <int bit = 1>
inline __attribute__((always_inline)) void transpose(Vector (&rows)[lanes]) {
  if constexpr (bit < static_cast<int>(lanes)) {
    typename Counting<static_cast<int>(lanes)>::Type columns;
#pragma GCC unroll 16
    for (size_t i = 0; i < lanes; i++) {
      if (i & bit) continue;
      const Vector low = exchange_low<bit>(rows[i], rows[i | bit], columns);
      rows[i | bit] = exchange_high<bit>(rows[i], rows[i | bit], columns);
      rows[i] = low;
    }
    transpose<2 * bit>(rows);
  }
}

inline size_t min_size(size_t a, size_t b) { return a < b ? a : b; }

/** The least number of floats in whole vectors that is not below n. */
inline size_t up(size_t n) { return (n + lanes - 1) / lanes * lanes; }

/** Copies floats; none may have no address. */
inline void copy(const float* from, float* to, size_t n) {
  if (n > 0) __builtin_memcpy(to, from, n * sizeof(float));
}

/** A vector of which no more is read, or written, than lies before `end`: rows that are no whole vectors go over into the next. */
inline __attribute__((always_inline)) Vector load_before(const float* from, const float* end) {
  if (static_cast<size_t>(end - from) >= lanes) return load(from);
  Vector value = {};
  for (size_t i = 0; from + i < end; i++) value[i] = from[i];
  return value;
}
inline __attribute__((always_inline)) void store_before(float* to, const float* end, Vector value) {
  if (static_cast<size_t>(end - to) >= lanes) return store(to, value);
  for (size_t i = 0; to + i < end; i++) to[i] = value[i];
}

/** Stores the first n numbers, n below lanes, in whole parts: a masked store takes some processors tens of steps. */
inline __attribute__((always_inline)) void store_first(float* to, size_t n, Vector value) {
  float own[lanes];
  store(own, value);
  const float* from = own;
#pragma GCC unroll 4
  for (size_t part = lanes / 2; part > 0; part /= 2)
    if (n & part) {
      __builtin_memcpy(to, from, part * sizeof(float));
      to += part, from += part;
    }
}

/** The first n numbers of a vector, n at most its lanes: 0 behind them, and no memory behind them is touched. */
class FirstLanes {
 public:
  explicit FirstLanes(size_t n) {
#if defined(EMBED_AVX512)
    mask_ = static_cast<__mmask16>((1u << n) - 1);
#elif defined(EMBED_AVX2)
    const __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    mask_ = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), places);
#else
    n_ = n;
#endif
  }

  inline __attribute__((always_inline)) Vector load(const float* from) const {
#if defined(EMBED_AVX512)
    return (Vector)_mm512_maskz_loadu_ps(mask_, from);
#elif defined(EMBED_AVX2)
    return (Vector)_mm256_maskload_ps(from, mask_);
#else
    Vector value = {};
    for (size_t i = 0; i < n_; i++) value[i] = from[i];
    return value;
#endif
  }

  inline __attribute__((always_inline)) void store(float* to, Vector value) const {
#if defined(EMBED_AVX512)
    _mm512_mask_storeu_ps(to, mask_, (__m512)value);
#elif defined(EMBED_AVX2)
    _mm256_maskstore_ps(to, mask_, (__m256)value);
#else
    for (size_t i = 0; i < n_; i++) to[i] = value[i];
#endif
  }

 private:
#if defined(EMBED_AVX512)
  __mmask16 mask_;
#elif defined(EMBED_AVX2)
  __m256i mask_;
#else
  size_t n_;
#endif
};

/** Streams of reads start early: for arrays met in order, the processor does it by itself. */
inline __attribute__((always_inline)) void prefetch(const void* address) { __builtin_prefetch(address, 0, 3); }
inline __attribute__((always_inline)) void prefetch_write(const void* address) { __builtin_prefetch(address, 1, 3); }

} // namespace
