// Rows of tables as they are stored to be served: 16-bit floats, or codes of few bits with a scale and an offset for each
// block of them (harness/serving/row-wise.ts). Computed in doubles, as there: the same bits.
#pragma once

#include "kernels.h"
#include "numbers.h"
#include "rows.h"

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

/** The code `at` of those that are side by side from `codes` on, the first in the lowest bits. */
template <size_t bits>
inline uint32_t code_at(const uint8_t* codes, size_t at) {
  constexpr size_t in_byte = 8 / bits;
  return codes[at / in_byte] >> (at % in_byte * bits) & ((1u << bits) - 1);
}

template <size_t bits>
inline void read_codes(const uint8_t* codes, size_t first, size_t count, double scale, double lo, float* out) {
  for (size_t i = 0; i < count; i++) out[i] = static_cast<float>(lo + scale * code_at<bits>(codes, first + i));
}

/** Floats from..from + count. */
template <size_t bits>
inline void read_blocks(const StoredFloats& stored, size_t from, size_t count, float* out) {
  constexpr size_t in_byte = 8 / bits, header = bits == 8 ? 8 : 4;
  const size_t block_bytes = (stored.block + in_byte - 1) / in_byte + header;
  for (size_t done = 0, block = from / stored.block; done < count; block++) {
    const uint8_t* codes = stored.bytes + block * block_bytes;
    const size_t in_block = min_size(stored.block, stored.floats - block * stored.block);
    const size_t first = from + done - block * stored.block, some = min_size(in_block - first, count - done);
    const uint8_t* end = codes + (in_block + in_byte - 1) / in_byte;
    if (bits == 8) read_codes<bits>(codes, first, some, float_at(end), float_at(end + 4), out + done);
    else read_codes<bits>(codes, first, some, half_at(end), half_at(end + 2), out + done);
    done += some;
  }
}

inline void read_halves(const StoredFloats& stored, size_t from, size_t count, float* out) {
  for (size_t i = 0; i < count; i++) out[i] = half_at(stored.bytes + 2 * (from + i));
}

template <class Read>
inline void gather_with(Read read, const StoredFloats& stored, size_t stride, size_t width, const uint32_t* indices,
                        size_t n, float* out) {
  const double bytes_per_float = static_cast<double>(stored.size) / static_cast<double>(stored.floats);
  for (size_t i = 0; i < n; i++, out += width) {
    if (i + ahead < n && indices[i + ahead] != no_row) {
      const size_t at = static_cast<size_t>(static_cast<double>(indices[i + ahead] * stride) * bytes_per_float);
      prefetch(stored.bytes + at);
    }
    if (indices[i] == no_row) zero_span(out, width);
    else read(stored, indices[i] * stride, width, out);
  }
}

void gather_stored(const StoredFloats& stored, size_t stride, size_t width, const uint32_t* indices, size_t n, float* out) {
  switch (stored.bits) {
    case 2: return gather_with(read_blocks<2>, stored, stride, width, indices, n, out);
    case 4: return gather_with(read_blocks<4>, stored, stride, width, indices, n, out);
    case 8: return gather_with(read_blocks<8>, stored, stride, width, indices, n, out);
    default: return gather_with(read_halves, stored, stride, width, indices, n, out);
  }
}

} // namespace
