// Sixteen values by codes of few bits: a permutation of registers, where the instruction set has one.
#pragma once

#include "stored-bytes.h"

namespace {

#if defined(EMBED_AVX512)

/** Sixteen values to look up. */
struct Sixteen {
  __m512 values;

  static Sixteen from(const float* values) { return {_mm512_loadu_ps(values)}; }
  /** lo + scale * i in doubles, as 32-bit floats. */
  static inline __attribute__((always_inline)) Sixteen line(double lo, double scale) {
    const __m512d step = _mm512_set1_pd(scale), first = _mm512_set1_pd(lo);
    const __m256 low = _mm512_cvtpd_ps(_mm512_fmadd_pd(step, _mm512_setr_pd(0, 1, 2, 3, 4, 5, 6, 7), first));
    const __m256 high = _mm512_cvtpd_ps(_mm512_fmadd_pd(step, _mm512_setr_pd(8, 9, 10, 11, 12, 13, 14, 15), first));
    return {_mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1)};
  }
  /** The same of i from 0 to 3, again and again. */
  static inline __attribute__((always_inline)) Sixteen four(double lo, double scale) {
    return {_mm512_broadcast_f32x4(_mm256_cvtpd_ps(
        _mm256_fmadd_pd(_mm256_set1_pd(scale), _mm256_setr_pd(0, 1, 2, 3), _mm256_set1_pd(lo))))};
  }
  /** The values by the lowest four bits of every lane. */
  inline __attribute__((always_inline)) __m512 at(__m512i codes) const { return _mm512_permutexvar_ps(codes, values); }
};

/** Sixteen codes of four bits, in the lowest bits of their lanes; what is above them is other codes. */
template <bool high_first>
inline __attribute__((always_inline)) __m512i four_bits(const uint8_t* codes) {
  const __m512i halves = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  const __m512i low = _mm512_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28, 0, 4, 8, 12, 16, 20, 24, 28);
  const __m512i high = _mm512_setr_epi32(4, 0, 12, 8, 20, 16, 28, 24, 4, 0, 12, 8, 20, 16, 28, 24);
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(codes));
  const __m512i words = _mm512_permutexvar_epi32(halves, _mm512_castsi128_si512(bytes));
  return _mm512_srlv_epi32(words, high_first ? high : low);
}

/** out = values * scale, of sixteen codes of four bits. */
template <bool high_first>
inline __attribute__((always_inline)) void look_up(const Sixteen& values, const uint8_t* codes, float scale, float* out) {
  _mm512_storeu_ps(out, _mm512_mul_ps(values.at(four_bits<high_first>(codes)), _mm512_set1_ps(scale)));
}

inline __attribute__((always_inline)) void look_up(const Sixteen& values, const uint8_t* codes, float* out) {
  _mm512_storeu_ps(out, values.at(four_bits<false>(codes)));
}

/** The same of sixteen codes of two bits and the first four values, which the caller has in every four lanes. */
inline __attribute__((always_inline)) void look_up_pairs(const Sixteen& values, const uint8_t* codes, float* out) {
  const __m512i shifts = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i words = _mm512_set1_epi32(static_cast<int>(word_at(codes)));
  _mm512_storeu_ps(out, _mm512_permutevar_ps(values.values, _mm512_srlv_epi32(words, shifts)));
}

#elif defined(EMBED_AVX2)

struct Sixteen {
  __m256 low, high;

  static Sixteen from(const float* values) { return {_mm256_loadu_ps(values), _mm256_loadu_ps(values + 8)}; }
  static inline __attribute__((always_inline)) __m128 four_of(double lo, double scale, double i) {
    const __m256d numbers = _mm256_add_pd(_mm256_setr_pd(0, 1, 2, 3), _mm256_set1_pd(i));
    return _mm256_cvtpd_ps(_mm256_fmadd_pd(_mm256_set1_pd(scale), numbers, _mm256_set1_pd(lo)));
  }
  static inline __attribute__((always_inline)) Sixteen line(double lo, double scale) {
    return {_mm256_set_m128(four_of(lo, scale, 4), four_of(lo, scale, 0)),
            _mm256_set_m128(four_of(lo, scale, 12), four_of(lo, scale, 8))};
  }
  static inline __attribute__((always_inline)) Sixteen four(double lo, double scale) {
    const __m128 values = four_of(lo, scale, 0);
    return {_mm256_set_m128(values, values), _mm256_setzero_ps()};
  }
  inline __attribute__((always_inline)) __m256 at(__m256i codes) const {
    const __m256 upper = _mm256_castsi256_ps(_mm256_slli_epi32(codes, 28)); // bit 3 becomes the sign
    return _mm256_blendv_ps(_mm256_permutevar8x32_ps(low, codes), _mm256_permutevar8x32_ps(high, codes), upper);
  }
};

/** Eight codes. */
template <bool high_first>
inline __attribute__((always_inline)) __m256i four_bits(const uint8_t* codes) {
  const __m256i low = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28);
  const __m256i high = _mm256_setr_epi32(4, 0, 12, 8, 20, 16, 28, 24);
  return _mm256_srlv_epi32(_mm256_set1_epi32(static_cast<int>(word_at(codes))), high_first ? high : low);
}

template <bool high_first>
inline __attribute__((always_inline)) void look_up(const Sixteen& values, const uint8_t* codes, float scale, float* out) {
  const __m256 by = _mm256_set1_ps(scale);
  _mm256_storeu_ps(out, _mm256_mul_ps(values.at(four_bits<high_first>(codes)), by));
  _mm256_storeu_ps(out + 8, _mm256_mul_ps(values.at(four_bits<high_first>(codes + 4)), by));
}

inline __attribute__((always_inline)) void look_up(const Sixteen& values, const uint8_t* codes, float* out) {
  _mm256_storeu_ps(out, values.at(four_bits<false>(codes)));
  _mm256_storeu_ps(out + 8, values.at(four_bits<false>(codes + 4)));
}

inline __attribute__((always_inline)) void look_up_pairs(const Sixteen& values, const uint8_t* codes, float* out) {
  const __m256i words = _mm256_set1_epi32(static_cast<int>(word_at(codes)));
  const __m256i first = _mm256_srlv_epi32(words, _mm256_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14));
  _mm256_storeu_ps(out, _mm256_permutevar_ps(values.low, first));
  _mm256_storeu_ps(out + 8, _mm256_permutevar_ps(values.low, _mm256_srli_epi32(first, 16)));
}

#else

struct Sixteen {
  float values[16];

  static Sixteen from(const float* values) {
    Sixteen all;
    __builtin_memcpy(all.values, values, sizeof all.values);
    return all;
  }
};

template <bool high_first>
inline void look_up(const Sixteen& values, const uint8_t* codes, float scale, float* out) {
  for (size_t j = 0; j < 8; j++) {
    out[2 * j] = values.values[high_first ? codes[j] >> 4 : codes[j] & 15] * scale;
    out[2 * j + 1] = values.values[high_first ? codes[j] & 15 : codes[j] >> 4] * scale;
  }
}

#endif

} // namespace
