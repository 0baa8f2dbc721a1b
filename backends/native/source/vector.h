// One vector type per instruction set. Files that include this are compiled once for each set; everything in them is in an
// anonymous namespace and free of the standard library's templates: the linker keeps one copy of an inline function, and
// if that were the AVX-512 copy, older processors would stop at it.
#pragma once

#include <cstddef>
#include <cstdint>

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
typedef float Loose __attribute__((vector_size(EMBED_VECTOR_BYTES), aligned(4), may_alias));

constexpr size_t lanes = EMBED_VECTOR_BYTES / sizeof(float);

inline __attribute__((always_inline)) Vector load(const float* from) {
  return *reinterpret_cast<const Loose*>(from);
}

inline __attribute__((always_inline)) void store(float* to, Vector value) {
  *reinterpret_cast<Loose*>(to) = value;
}

/** `value` where `test` is positive, 0 elsewhere. */
inline __attribute__((always_inline)) Vector where_positive(Vector test, Vector value) {
  return (Vector)((IntVector)value & (IntVector)(test > 0.0f));
}

typedef float Four __attribute__((vector_size(16)));
typedef float LooseFour __attribute__((vector_size(16), aligned(4), may_alias));

/** Four of the eight numbers of two vectors. */
template <int a, int b, int c, int d>
inline __attribute__((always_inline)) Four pick(Four x, Four y) {
#if defined(__clang__)
  return __builtin_shufflevector(x, y, a, b, c, d);
#else
  typedef int32_t Places __attribute__((vector_size(16)));
  return __builtin_shuffle(x, y, (Places){a, b, c, d});
#endif
}

inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/** Streams of reads start early: for arrays met in order, the processor does it by itself. */
inline __attribute__((always_inline)) void prefetch(const void* address) { __builtin_prefetch(address, 0, 3); }
inline __attribute__((always_inline)) void prefetch_write(const void* address) { __builtin_prefetch(address, 1, 3); }

} // namespace
