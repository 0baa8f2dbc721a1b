// Rows of tables as they are stored to be served: 16-bit floats, codes of few bits with a scale and an offset for each block of
// them, multiples of a step, or the floats that are not zero (harness/serving). Computed in doubles, as there: the same bits.
#pragma once

#include "kernels.h"
#include "numbers.h"
#include "rows.h"
#include "small-floats.h"
#include "stored-bytes.h"

namespace {

/** Codes that are taken apart together. */
constexpr size_t codes_together = 64;

/** `count` codes of those that are side by side from `codes` on, the first in the lowest bits; count at most codes_together. */
template <size_t bits>
inline void take_apart(const uint8_t* codes, size_t first, size_t count, uint8_t* apart) {
  constexpr size_t in_byte = 8 / bits;
  constexpr uint32_t mask = (1u << bits) - 1;
  size_t i = 0;
  for (; i < count && (first + i) % in_byte != 0; i++)
    apart[i] = codes[(first + i) / in_byte] >> ((first + i) % in_byte * bits) & mask;
  const uint8_t* from = codes + (first + i) / in_byte;
  for (; i + in_byte <= count; i += in_byte, from++)
    for (size_t j = 0; j < in_byte; j++) apart[i + j] = *from >> (j * bits) & mask;
  for (size_t j = 0; i < count; i++, j++) apart[i] = *from >> (j * bits) & mask;
}

inline void scale_codes(const uint8_t* codes, size_t count, double scale, double lo, float* out) {
  for (size_t i = 0; i < count; i++) out[i] = static_cast<float>(lo + scale * static_cast<int32_t>(codes[i]));
}

/** Codes that are read without a loop: whole vectors on every instruction set. */
constexpr size_t codes_at_once = 16;

/** Reads as many codes, from a whole byte on. */
template <size_t bits>
struct CodesAtOnce {
  double scale, lo;

  CodesAtOnce(double scale, double lo) : scale(scale), lo(lo) {}

  inline void operator()(const uint8_t* codes, float* out) const {
    int32_t code[codes_at_once];
    if (bits == 8) {
      for (size_t j = 0; j < codes_at_once; j++) code[j] = codes[j];
    } else {
      constexpr size_t in_word = 32 / bits;
      for (size_t i = 0; i < codes_at_once / in_word; i++) {
        const uint32_t word = word_at(codes + 4 * i);
        for (size_t j = 0; j < in_word; j++)
          code[i * in_word + j] = static_cast<int32_t>(word >> (bits * j) & ((1u << bits) - 1));
      }
    }
    for (size_t j = 0; j < codes_at_once; j++) out[j] = static_cast<float>(lo + scale * code[j]);
  }
};

#if defined(EMBED_AVX512) || defined(EMBED_AVX2)

/** Few values are computed once, and looked up by the codes. */
template <>
struct CodesAtOnce<4> {
  Sixteen values;

  CodesAtOnce(double scale, double lo) : values(Sixteen::line(lo, scale)) {}
  inline __attribute__((always_inline)) void operator()(const uint8_t* codes, float* out) const { look_up(values, codes, out); }
};

template <>
struct CodesAtOnce<2> {
  Sixteen values;

  CodesAtOnce(double scale, double lo) : values(Sixteen::four(lo, scale)) {}
  inline __attribute__((always_inline)) void operator()(const uint8_t* codes, float* out) const {
    look_up_pairs(values, codes, out);
  }
};

#endif

template <size_t bits>
inline void read_codes(const uint8_t* codes, size_t first, size_t count, double scale, double lo, float* out) {
  constexpr size_t in_byte = 8 / bits;
  if (first % in_byte == 0 && count >= codes_at_once) {
    const CodesAtOnce<bits> read(scale, lo);
    for (; count >= codes_at_once; count -= codes_at_once, first += codes_at_once, out += codes_at_once)
      read(codes + first / in_byte, out);
  }
  if (count == 0) return;
  if (bits == 8) return scale_codes(codes + first, count, scale, lo, out);
  uint8_t apart[codes_together];
  for (size_t done = 0; done < count; done += codes_together) {
    const size_t some = min_size(codes_together, count - done);
    take_apart<bits>(codes, first + done, some, apart);
    scale_codes(apart, some, scale, lo, out + done);
  }
}

/** A block by its number, where all blocks are whole. */
template <size_t bits>
inline void read_block(const StoredFloats& stored, size_t block, float* out) {
  constexpr size_t in_byte = 8 / bits, header = bits == 8 ? 8 : 4;
  const size_t code_bytes = (stored.block + in_byte - 1) / in_byte;
  const uint8_t* codes = stored.bytes + block * (code_bytes + header);
  const uint8_t* end = codes + code_bytes;
  if (bits == 8) read_codes<bits>(codes, 0, stored.block, float_at(end), float_at(end + 4), out);
  else read_codes<bits>(codes, 0, stored.block, half_of(word_at(end) & 0xffff), half_of(word_at(end) >> 16), out);
}

/** Floats from..from + count. */
template <size_t bits>
inline void read_blocks(const StoredFloats& stored, size_t from, size_t count, float* out) {
  constexpr size_t in_byte = 8 / bits, header = bits == 8 ? 8 : 4;
  const size_t block_bytes = (stored.block + in_byte - 1) / in_byte + header;
  size_t block = from / stored.block, first = from % stored.block;
  for (size_t done = 0; done < count; block++, first = 0) {
    const uint8_t* codes = stored.bytes + block * block_bytes;
    const size_t in_block = min_size(stored.block, stored.floats - block * stored.block);
    const size_t some = min_size(in_block - first, count - done);
    const uint8_t* end = codes + (in_block + in_byte - 1) / in_byte;
    if (bits == 8) read_codes<bits>(codes, first, some, float_at(end), float_at(end + 4), out + done);
    else read_codes<bits>(codes, first, some, half_at(end), half_at(end + 2), out + done);
    done += some;
  }
}

inline void read_halves(const StoredFloats& stored, size_t from, size_t count, float* out) {
  const uint8_t* halves = stored.bytes + 2 * from;
  size_t i = 0;
#if defined(EMBED_AVX512)
  for (; i + lanes <= count; i += lanes)
    store(out + i, (Vector)_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(halves + 2 * i))));
#endif
  for (; i < count; i++) {
    uint16_t half;
    __builtin_memcpy(&half, halves + 2 * i, sizeof half);
    out[i] = half_of(half);
  }
}

inline void read_grid(const StoredFloats& stored, size_t from, size_t count, float* out) {
  const int64_t lowest = -(int64_t{1} << (stored.bits - 1));
  const uint8_t* end = stored.bytes + stored.size;
  for (size_t i = 0; i < count; i++) {
    const int64_t code = bits_at(stored.bytes, (from + i) * stored.bits, stored.bits, end);
    out[i] = static_cast<float>(static_cast<double>(code + lowest) * stored.step);
  }
}

/** Floats that a bitmap counts together: see harness/contract/storage.ts. */
constexpr size_t bitmap_stretch = 512;

inline size_t bitmap_directory(size_t floats) { return (floats + 7) / 8; }

inline size_t ones_of(const uint8_t* bytes, size_t count) {
  size_t ones = 0;
  for (; count >= 8; count -= 8, bytes += 8) {
    uint64_t word;
    __builtin_memcpy(&word, bytes, 8);
    ones += static_cast<size_t>(__builtin_popcountll(word));
  }
  for (; count > 0; count--, bytes++) ones += static_cast<size_t>(__builtin_popcount(*bytes));
  return ones;
}

inline void read_bitmap(const StoredFloats& stored, size_t from, size_t count, float* out) {
  const size_t directory = bitmap_directory(stored.floats), stretch = from / bitmap_stretch;
  const size_t first = stretch * bitmap_stretch / 8;
  const uint8_t* values = stored.bytes + stored.size - 4 * stored.block;
  size_t i = word_at(stored.bytes + directory + 4 * stretch) + ones_of(stored.bytes + first, from / 8 - first);
  i += static_cast<size_t>(__builtin_popcount(stored.bytes[from / 8] & ((1u << from % 8) - 1)));
  const uint8_t* end = stored.bytes + stored.size;
  for (size_t k = 0; k < count; k += 16) {
    const size_t some = min_size(16, count - k);
    const uint32_t set = bits_at(stored.bytes, from + k, some, end);
    for (size_t j = 0; j < some; j++) out[k + j] = 0;
    for (uint32_t left = set; left != 0 && i < stored.block; left &= left - 1, i++)
      out[k + static_cast<size_t>(__builtin_ctz(left))] = float_at(values + 4 * i);
  }
}

/** Places that are looked for at the same time: the misses of one search after the other would add up. */
constexpr size_t searches = 16;

inline size_t position_in_list(const StoredFloats& stored, size_t i) {
  return bits_at(stored.bytes, i * stored.bits, stored.bits, stored.bytes + stored.size);
}

/** The number of the first position behind a mark. */
inline size_t behind_mark(const StoredFloats& stored, size_t mark) { return stored.block * mark / list_marks; }

void mark_list(const StoredFloats& stored, uint32_t* marks) {
  for (size_t mark = 0; mark < list_marks; mark++) {
    const size_t i = behind_mark(stored, mark);
    marks[mark] = i < stored.block ? static_cast<uint32_t>(position_in_list(stored, i)) : no_row;
  }
}

/** For n places, at most `searches`: how many positions of the list are before each. */
inline void places_in_list(const StoredFloats& stored, const size_t* places, size_t n, size_t* found) {
  size_t most = 0;
  size_t left[searches];
  for (size_t i = 0; i < n; i++) {
    // Marks before the place, by halves: as many as there are is a power of two.
    const uint32_t* mark = stored.marks;
    for (size_t half = list_marks / 2; half > 0; half /= 2) mark += mark[half - 1] < places[i] ? half : 0;
    const size_t before = static_cast<size_t>(mark - stored.marks) + (*mark < places[i]);
    found[i] = before == 0 ? 0 : behind_mark(stored, before - 1);
    const size_t end = before == list_marks ? stored.block : behind_mark(stored, before);
    left[i] = end - found[i];
    most = left[i] > most ? left[i] : most;
    prefetch(stored.bytes + found[i] * stored.bits / 8);
    prefetch(stored.bytes + (found[i] + left[i] / 2) * stored.bits / 8);
  }
  // All together, by halves of what is left: a step that has nothing left compares with what is found, and stays.
  for (; most > 0; most /= 2)
    for (size_t i = 0; i < n; i++) {
      const size_t half = (left[i] + 1) / 2;
      const bool before = half > 0 && position_in_list(stored, found[i] + half - 1) < places[i];
      found[i] += before ? half : 0;
      left[i] = before ? left[i] - half : half == 0 ? 0 : half - 1;
    }
}

/** Floats from..from + count; the `i`-th position is the first that is not before them. */
inline void read_list(const StoredFloats& stored, size_t i, size_t from, size_t count, float* out) {
  const uint8_t* end = stored.bytes + stored.size;
  const uint8_t* values = end - 4 * stored.block;
  for (size_t k = 0; k < count; k++) out[k] = 0;
  for (; i < stored.block; i++) {
    const size_t at = bits_at(stored.bytes, i * stored.bits, stored.bits, end) - from;
    if (at >= count) return;
    out[at] = float_at(values + 4 * i);
  }
}

/** Rows one after the other at `out`, zeros where the index is `none`. */
template <bool whole_rows = false, class Read>
inline void gather_with(Read read, const StoredFloats& stored, size_t stride, size_t width, const uint32_t* indices,
                        size_t n, float* out) {
  const double bytes_per_float = static_cast<double>(stored.size) / static_cast<double>(stored.floats);
  const double bytes_per_step = bytes_per_float * static_cast<double>(whole_rows ? width : stride);
  for (size_t i = 0; i < n; i++, out += width) {
    if (i + ahead < n && indices[i + ahead] != no_row) {
      const uint8_t* at = stored.bytes + static_cast<size_t>(static_cast<double>(indices[i + ahead]) * bytes_per_step);
      prefetch(at);
      prefetch(at + static_cast<size_t>(bytes_per_float * static_cast<double>(width)));
    }
    if (indices[i] == no_row) zero_span(out, width);
    else read(stored, indices[i] * stride, width, out);
  }
}

inline void gather_from_list(const StoredFloats& stored, size_t stride, size_t width, const uint32_t* indices, size_t n,
                             float* out) {
  for (size_t from = 0; from < n; from += searches) {
    const size_t some = min_size(searches, n - from);
    size_t places[searches], found[searches];
    for (size_t i = 0; i < some; i++) places[i] = indices[from + i] == no_row ? 0 : indices[from + i] * stride;
    places_in_list(stored, places, some, found);
    const uint8_t* values = stored.bytes + stored.size - 4 * stored.block;
    for (size_t i = 0; i < some; i++) prefetch(values + 4 * min_size(found[i], stored.block - 1));
    for (size_t i = 0; i < some; i++, out += width) {
      if (indices[from + i] == no_row) zero_span(out, width);
      else read_list(stored, found[i], places[i], width, out);
    }
  }
}

void gather_stored(const StoredFloats& stored, size_t stride, size_t width, const uint32_t* indices, size_t n, float* out) {
  switch (stored.form) {
    case StoredForm::halves: return gather_with(read_halves, stored, stride, width, indices, n, out);
    case StoredForm::grid: return gather_with(read_grid, stored, stride, width, indices, n, out);
    case StoredForm::bitmap: return gather_with(read_bitmap, stored, stride, width, indices, n, out);
    case StoredForm::list: return gather_from_list(stored, stride, width, indices, n, out);
    case StoredForm::floats8:
    case StoredForm::shared_exponents:
    case StoredForm::normal_floats: return gather_small_floats(stored, stride, width, indices, n, out);
    case StoredForm::row_wise: break;
  }
  if (stored.block == width && stride == width) {
    // Rows with a scale each: the row is the block's number.
    const auto whole = [&](auto read) {
      gather_with<true>([=](const StoredFloats& all, size_t row, size_t, float* to) { read(all, row, to); }, stored, 1, width,
                  indices, n, out);
    };
    switch (stored.bits) {
      case 2: return whole(read_block<2>);
      case 4: return whole(read_block<4>);
      default: return whole(read_block<8>);
    }
  }
  switch (stored.bits) {
    case 2: return gather_with(read_blocks<2>, stored, stride, width, indices, n, out);
    case 4: return gather_with(read_blocks<4>, stored, stride, width, indices, n, out);
    default: return gather_with(read_blocks<8>, stored, stride, width, indices, n, out);
  }
}

} // namespace
