// Rows of floats of 4, 6 and 8 bits with a scale for all or for blocks of them (harness/serving/{elements,fp8,mx,nf4}.ts).
#pragma once

#include "code-lookup.h"
#include "kernels.h"
#include "rows.h"

namespace {

constexpr size_t bits_of_element(Element element) {
  return element == Element::e2m1 ? 4 : element == Element::e2m3 || element == Element::e3m2 ? 6 : 8;
}
constexpr uint32_t mantissa_of_element(Element element) {
  return element == Element::e4m3 || element == Element::e2m3 ? 3 : element == Element::e2m1 ? 1 : 2;
}
constexpr int bias_of_element(Element element) {
  return element == Element::e4m3 ? 7 : element == Element::e5m2 ? 15 : element == Element::e3m2 ? 3 : 1;
}

constexpr float power_of_two(int exponent) {
  float power = 1;
  for (; exponent > 0; exponent--) power *= 2;
  for (; exponent < 0; exponent++) power /= 2;
  return power;
}

constexpr float value_of(Element element, uint32_t code) {
  if (element == Element::int8) return static_cast<float>(static_cast<int32_t>(code) - (code < 128 ? 0 : 256)) / 64;
  const uint32_t sign_bit = 1u << (bits_of_element(element) - 1), magnitude = code & (sign_bit - 1);
  const float sign = code & sign_bit ? -1.0f : 1.0f;
  if (magnitude == 0) return 0; // no code is -0
  if (element == Element::e4m3 && magnitude == 0x7f) return __builtin_nanf("");
  if (element == Element::e5m2 && magnitude >= 0x7c) return magnitude == 0x7c ? sign * __builtin_inff() : __builtin_nanf("");
  const uint32_t bits = mantissa_of_element(element), exponent = magnitude >> bits, ones = 1u << bits;
  const float mantissa = static_cast<float>(exponent == 0 ? magnitude : ones | (magnitude & (ones - 1)));
  const int power = static_cast<int>(exponent == 0 ? 1 : exponent) - bias_of_element(element) - static_cast<int>(bits);
  return sign * mantissa * power_of_two(power);
}

template <Element element>
struct ElementValues {
  alignas(64) float of[1u << bits_of_element(element)];

  constexpr ElementValues() : of() {
    for (uint32_t code = 0; code < 1u << bits_of_element(element); code++) of[code] = value_of(element, code);
  }
};
template <Element element>
constexpr ElementValues<element> element_values{};

/** One code of those that are side by side, the first in the lowest bits; a byte follows them. */
template <size_t bits>
inline uint32_t code_of(const uint8_t* codes, size_t i) {
  if (bits == 8) return codes[i];
  const uint8_t* from = codes + i * bits / 8;
  return (from[0] | from[1] << 8) >> (i * bits % 8) & ((1u << bits) - 1);
}

/** Elements that are read without a loop. */
constexpr size_t elements_at_once = 16;

#if defined(EMBED_AVX512)

/** Sixteen codes of six bits, in the lowest bits of their lanes. */
inline __attribute__((always_inline)) __m512i six_bits(const uint8_t* codes) {
  const __m128i bytes = _mm_insert_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(codes)),
                                         static_cast<int>(word_at(codes + 8)), 2);
  // The two bytes that a code lies in, and its first bit in them.
  const __m512i places = _mm512_setr_epi32(
      0x80800100, 0x80800100, 0x80800201, 0x80800302, 0x80800403, 0x80800403, 0x80800504, 0x80800605,
      0x80800706, 0x80800706, 0x80800807, 0x80800908, 0x80800a09, 0x80800a09, 0x80800b0a, 0x80800c0b);
  const __m512i shifts = _mm512_setr_epi32(0, 6, 4, 2, 0, 6, 4, 2, 0, 6, 4, 2, 0, 6, 4, 2);
  return _mm512_srlv_epi32(_mm512_shuffle_epi8(_mm512_broadcast_i32x4(bytes), places), shifts);
}

template <Element element>
inline __attribute__((always_inline)) void read_sixteen(const uint8_t* codes, float scale, float* out) {
  __m512 x;
  if constexpr (element == Element::e2m1) {
    return look_up<false>(Sixteen::from(element_values<element>.of), codes, scale, out);
  } else if constexpr (bits_of_element(element) == 6) {
    const float* values = element_values<element>.of;
    const __m512i code = six_bits(codes), sign = _mm512_slli_epi32(_mm512_and_si512(code, _mm512_set1_epi32(32)), 26);
    x = _mm512_permutex2var_ps(_mm512_load_ps(values), code, _mm512_load_ps(values + 16));
    x = _mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(x), sign));
  } else {
    const __m128i code = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes));
    if constexpr (element == Element::int8) {
      x = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(code)), _mm512_set1_ps(0x1p-6f));
    } else if constexpr (element == Element::e5m2) {
      x = _mm512_cvtph_ps(_mm256_slli_epi16(_mm256_cvtepu8_epi16(code), 8)); // the upper byte of a half
    } else {
      // The bits of a half, whose exponent counts from 8 less.
      const __m256i half = _mm256_slli_epi16(_mm256_cvtepi8_epi16(code), 7);
      const __m128i all = _mm_set1_epi8(0x7f);
      x = _mm512_mul_ps(_mm512_cvtph_ps(_mm256_and_si256(half, _mm256_set1_epi16(static_cast<short>(0xbfff)))),
                        _mm512_set1_ps(0x1p8f));
      x = _mm512_mask_mov_ps(x, _mm_cmpeq_epi8_mask(_mm_and_si128(code, all), all), _mm512_set1_ps(__builtin_nanf("")));
    }
  }
  _mm512_storeu_ps(out, _mm512_fmadd_ps(x, _mm512_set1_ps(scale), _mm512_setzero_ps())); // -0 becomes 0
}

#else

/** A byte for every number of a vector. */
typedef uint8_t Octets __attribute__((vector_size(EMBED_VECTOR_BYTES / 4)));
typedef int8_t SignedOctets __attribute__((vector_size(EMBED_VECTOR_BYTES / 4)));

/** The values of codes of eight bits. */
template <Element element>
inline __attribute__((always_inline)) Vector values_of(Octets octets) {
  if constexpr (element == Element::int8) {
    return __builtin_convertvector(__builtin_convertvector((SignedOctets)octets, IntVector), Vector) * 0x1p-6f;
  } else {
    // The bits of a float whose exponent counts from another number on; the highest codes are those of infinity and of none.
    constexpr float by = element == Element::e4m3 ? 0x1p120f : 0x1p112f;
    constexpr int32_t shift = element == Element::e4m3 ? 20 : 21, most = element == Element::e4m3 ? 0x7f : 0x7c;
    constexpr int32_t infinite = element == Element::e4m3 ? 0x7fc00000 : 0x7f800000;
    const IntVector code = __builtin_convertvector(octets, IntVector), magnitude = code & 0x7f;
    const Vector finite = (Vector)(magnitude << shift) * by, other = (Vector)(((magnitude - most) << 21) + infinite);
    return (Vector)((IntVector)select_lanes(magnitude >= most, other, finite) | (code & 0x80) << 24);
  }
}

#if defined(EMBED_AVX2)

/** Eight codes of six bits from the byte `first` of twelve on. */
template <int first>
inline __attribute__((always_inline)) __m256i six_bits(__m256i bytes) {
  const __m256i places = _mm256_setr_epi32(0x80800100, 0x80800100, 0x80800201, 0x80800302, 0x80800403, 0x80800403,
                                           0x80800504, 0x80800605);
  const __m256i shifts = _mm256_setr_epi32(0, 6, 4, 2, 0, 6, 4, 2);
  const __m256i from = _mm256_add_epi8(places, _mm256_set1_epi32(first | first << 8));
  return _mm256_srlv_epi32(_mm256_shuffle_epi8(bytes, from), shifts);
}

/** Those of 32 values that codes of six bits name; the highest bit is the sign. */
inline __attribute__((always_inline)) __m256 signed_values(const float* values, __m256i codes) {
  const __m256 low = Sixteen::from(values).at(codes), high = Sixteen::from(values + 16).at(codes);
  const __m256 magnitude = _mm256_blendv_ps(low, high, _mm256_castsi256_ps(_mm256_slli_epi32(codes, 27)));
  const __m256i sign = _mm256_slli_epi32(_mm256_and_si256(codes, _mm256_set1_epi32(32)), 26);
  return _mm256_xor_ps(magnitude, _mm256_castsi256_ps(sign));
}

#endif

template <Element element>
inline void read_sixteen(const uint8_t* codes, float scale, float* out) {
  if constexpr (element == Element::e2m1) {
    look_up<false>(Sixteen::from(element_values<element>.of), codes, scale, out);
  } else if constexpr (bits_of_element(element) == 6) {
#if defined(EMBED_AVX2)
    const __m128i low = _mm_insert_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(codes)),
                                         static_cast<int>(word_at(codes + 8)), 2);
    const __m256i bytes = _mm256_broadcastsi128_si256(low);
    const float* values = element_values<element>.of;
    const __m256 by = _mm256_set1_ps(scale), zero = _mm256_setzero_ps();
    _mm256_storeu_ps(out, _mm256_fmadd_ps(signed_values(values, six_bits<0>(bytes)), by, zero)); // -0 becomes 0
    _mm256_storeu_ps(out + 8, _mm256_fmadd_ps(signed_values(values, six_bits<6>(bytes)), by, zero));
#else
    for (size_t j = 0; j < elements_at_once; j += 4, codes += 3) {
      const uint32_t word = codes[0] | codes[1] << 8 | codes[2] << 16;
      for (size_t k = 0; k < 4; k++) out[j + k] = element_values<element>.of[word >> (6 * k) & 63] * scale;
    }
#endif
  } else {
    for (size_t j = 0; j < elements_at_once; j += lanes) {
      Octets octets;
      __builtin_memcpy(&octets, codes + j, sizeof octets);
      store(out + j, values_of<element>(octets) * broadcast(scale) + Vector{}); // -0 becomes 0
    }
  }
}

#endif

/** `count` elements of those that are side by side, from the `first` on. */
template <Element element>
inline __attribute__((always_inline)) void read_elements(const uint8_t* codes, size_t first, size_t count, float scale, float* out) {
  constexpr size_t bits = bits_of_element(element);
  if (first * bits % 8 == 0)
    for (; count >= elements_at_once; count -= elements_at_once, first += elements_at_once, out += elements_at_once)
      read_sixteen<element>(codes + first * bits / 8, scale, out);
  for (size_t i = 0; i < count; i++) out[i] = element_values<element>.of[code_of<bits>(codes, first + i)] * scale;
}

/** 2^(exponent - 127); 255 is no number. */
inline float shared_scale(uint8_t exponent) {
  const uint32_t normal = static_cast<uint32_t>(exponent) << 23;
  return as_float(exponent == 0 ? 0x00400000 : exponent == 255 ? 0x7fc00000 : normal);
}

/** Places of blocks of codes, `scale_bytes` behind the codes of each. `fixed`: floats of a block; 0 if it is to be asked. */
template <size_t fixed, size_t bits>
struct Blocks {
  const uint8_t* bytes;
  size_t floats, block, block_bytes;

  Blocks(const StoredFloats& stored, size_t scale_bytes)
      : bytes(stored.bytes), floats(stored.floats), block(fixed > 0 ? fixed : stored.block),
        block_bytes((block * bits + 7) / 8 + scale_bytes) {}

  size_t number_of(size_t place) const { return fixed > 0 ? place / fixed : place / block; }
  const uint8_t* codes(size_t number) const { return bytes + number * block_bytes; }
  size_t in_block(size_t number) const { return min_size(block, floats - number * block); }
  const uint8_t* scale(size_t number) const { return codes(number) + (in_block(number) * bits + 7) / 8; }

  void prefetch_floats(size_t from, size_t count) const {
    const size_t first = number_of(from);
    prefetch(codes(first) + (from - first * block) * bits / 8);
    prefetch(codes(number_of(from + count - 1) + 1) - 1);
  }
};

/** Rows whose floats are in blocks. `read(number, codes, scale, first, count, to)` reads floats of the block with that number. */
template <size_t fixed, size_t bits, bool whole, class Read>
inline __attribute__((always_inline)) void gather_blocks(const Blocks<fixed, bits>& blocks, size_t stride, size_t width,
                                                         const uint32_t* indices, size_t n, float* out, const Read& read) {
  for (size_t i = 0; i < n; i++, out += width) {
    if (i + ahead < n && indices[i + ahead] != no_row) blocks.prefetch_floats(indices[i + ahead] * stride, width);
    if (indices[i] == no_row) {
      zero_span(out, width);
      continue;
    }
    const size_t from = indices[i] * stride;
    size_t number = blocks.number_of(from), first = from - number * blocks.block;
    for (size_t done = 0; done < width; number++, first = 0) {
      const size_t some = whole ? width : min_size(blocks.in_block(number) - first, width - done);
      read(number, blocks.codes(number), blocks.scale(number), first, some, out + done);
      done += some;
    }
  }
}

template <size_t fixed, size_t bits, class Read>
inline void gather_rows_of_blocks(const StoredFloats& stored, size_t scale_bytes, size_t stride, size_t width,
                                  const uint32_t* indices, size_t n, float* out, const Read& read) {
  const Blocks<fixed, bits> blocks(stored, scale_bytes);
  // Rows that lie in one block each have less to ask.
  if (stride == width && blocks.block % width == 0)
    gather_blocks<fixed, bits, true>(blocks, stride, width, indices, n, out, read);
  else gather_blocks<fixed, bits, false>(blocks, stride, width, indices, n, out, read);
}

template <Element element>
inline void gather_elements(const StoredFloats& stored, size_t stride, size_t width, const uint32_t* indices, size_t n,
                            float* out) {
  if (stored.form == StoredForm::floats8) {
    const float scale = static_cast<float>(stored.step);
    for (size_t i = 0; i < n; i++, out += width) {
      if (i + ahead < n && indices[i + ahead] != no_row) {
        const uint8_t* at = stored.bytes + indices[i + ahead] * stride;
        prefetch(at);
        prefetch(at + width - 1);
      }
      if (indices[i] == no_row) zero_span(out, width);
      else read_elements<element>(stored.bytes, indices[i] * stride, width, scale, out);
    }
    return;
  }
  const auto read = [](size_t, const uint8_t* codes, const uint8_t* end, size_t first, size_t count, float* to) {
    read_elements<element>(codes, first, count, shared_scale(*end), to);
  };
  constexpr size_t bits = bits_of_element(element);
  if (stored.block == 32) gather_rows_of_blocks<32, bits>(stored, 1, stride, width, indices, n, out, read);
  else gather_rows_of_blocks<0, bits>(stored, 1, stride, width, indices, n, out, read);
}

/** Quantiles of a normal distribution: see harness/serving/nf4.ts. */
alignas(64) constexpr float normal_floats[16] = {
    -1, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f,
    -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0,
    0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
    0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1};

inline __attribute__((always_inline)) void read_normal_floats(const uint8_t* codes, size_t first, size_t count, float scale,
                                                              float* out) {
  if (first % 2 == 0)
    for (; count >= elements_at_once; count -= elements_at_once, first += elements_at_once, out += elements_at_once)
      look_up<true>(Sixteen::from(normal_floats), codes + first / 2, scale, out);
  for (size_t i = 0; i < count; i++)
    out[i] = normal_floats[codes[(first + i) / 2] >> ((first + i) % 2 == 0 ? 4 : 0) & 15] * scale;
}

template <size_t fixed>
inline void gather_normal_floats(const StoredFloats& stored, size_t stride, size_t width, const uint32_t* indices, size_t n,
                                 float* out) {
  const auto with = [&](const auto& scale_of) {
    gather_rows_of_blocks<fixed, 4>(stored, stored.scale_bytes, stride, width, indices, n, out,
                            [&](size_t block, const uint8_t* codes, const uint8_t* end, size_t first, size_t count, float* to) {
                              read_normal_floats(codes, first, count, scale_of(block, end), to);
                            });
  };
  if (stored.scale_bytes == 4) return with([](size_t, const uint8_t* at) { return float_at(at); });
  if (stored.scale_bytes == 2)
    return with([](size_t, const uint8_t* at) { return half_of(static_cast<uint32_t>(at[0] | at[1] << 8)); });
  // Scales in 8 bits: the scales of 256 of them and their mean are at the end.
  const size_t blocks = (stored.floats + stored.block - 1) / stored.block;
  const size_t groups = (blocks + scales_together - 1) / scales_together;
  const uint8_t* steps = stored.bytes + stored.size - 4 * groups - 4;
  const double mean = float_at(steps + 4 * groups);
  with([=](size_t block, const uint8_t* at) {
    const double step = float_at(steps + 4 * (block / scales_together));
    const float scale = static_cast<float>(mean + step * static_cast<double>(element_values<Element::e4m3>.of[*at]));
    return scale > 0 ? scale : 0.0f;
  });
}

void gather_small_floats(const StoredFloats& stored, size_t stride, size_t width, const uint32_t* indices, size_t n, float* out) {
  if (stored.form == StoredForm::normal_floats) {
    if (stored.block == 64) return gather_normal_floats<64>(stored, stride, width, indices, n, out);
    return gather_normal_floats<0>(stored, stride, width, indices, n, out);
  }
  switch (stored.element) {
    case Element::e4m3: return gather_elements<Element::e4m3>(stored, stride, width, indices, n, out);
    case Element::e5m2: return gather_elements<Element::e5m2>(stored, stride, width, indices, n, out);
    case Element::e2m3: return gather_elements<Element::e2m3>(stored, stride, width, indices, n, out);
    case Element::e3m2: return gather_elements<Element::e3m2>(stored, stride, width, indices, n, out);
    case Element::e2m1: return gather_elements<Element::e2m1>(stored, stride, width, indices, n, out);
    case Element::int8: return gather_elements<Element::int8>(stored, stride, width, indices, n, out);
  }
}

} // namespace
