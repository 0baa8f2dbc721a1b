// Activations kept as codes of few bits, and the gradients of dense layers that are computed from them.
#include <cfloat>
#include <vector>

#include "matrix-product.h"
#include "strided-iterator.h"

namespace {

/** Numbers that are worth a part of their own. */
constexpr size_t grain = 32768;

PackedRows form_of(size_t bits, size_t columns, bool with_sign) {
  if (bits != 2 && bits != 4 && bits != 8) throw Failure{Failure::range, "bits are 2, 4 or 8"};
  if (columns > SIZE_MAX / 2) throw Failure{Failure::range, "a shape that is larger than memory"};
  const size_t in_word = 32 / bits;
  const int levels = with_sign ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
  return {bits, columns, (columns + in_word - 1) / in_word, static_cast<float>(levels), with_sign};
}

const uint32_t* words_of(const Arguments& arguments, size_t i, const PackedRows& form, size_t rows) {
  return reinterpret_cast<const uint32_t*>(arguments.ints(i, times(rows, form.words)));
}

/** Calls task(from, rows) for parts of the rows. */
template <class Task>
void each_rows(ThreadPool& pool, size_t rows, size_t columns, const Task& task) {
  each_range(pool, rows, std::max<size_t>(1, grain / std::max<size_t>(1, columns)),
             [&](size_t from, size_t to) { task(from, to - from); });
}

void unpack(Addon& addon, const PackedRows& form, const uint32_t* words, float step, size_t rows, float* x) {
  each_rows(*addon.pool, rows, form.columns, [&](size_t from, size_t count) {
    addon.kernels->unpack_rows(form, words + from * form.words, step, count, x + from * form.columns);
  });
}

/** The largest of all; parts' largest are compared afterwards, so their cut is no part of the result. */
float largest_of(Addon& addon, const float* x, size_t n) {
  const size_t parts = std::max<size_t>(1, std::min<size_t>(n / grain, 4 * static_cast<size_t>(addon.pool->threads())));
  std::vector<float> found(parts);
  addon.pool->each(parts, [&](size_t part) {
    const size_t from = n / parts * part, to = part + 1 == parts ? n : from + n / parts;
    found[part] = addon.kernels->largest(x + from, to - from);
  });
  return *std::max_element(found.begin(), found.end());
}

/** packRows(x, words, scale, rows, columns, bits, signed): scale[0] becomes the largest number without its sign. */
napi_value pack_rows(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t rows = arguments.size(3), columns = arguments.size(4);
  const PackedRows form = form_of(arguments.size(5), columns, arguments.flag(6));
  const float* x = arguments.floats(0, times(rows, columns));
  auto* words = reinterpret_cast<uint32_t*>(arguments.ints(1, times(rows, form.words)));
  float* scale = arguments.floats(2, 1);
  const float largest = rows == 0 || columns == 0 ? 0 : largest_of(addon, x, rows * columns);
  *scale = largest;
  if (rows == 0 || columns == 0) return nullptr; // no array vouches for the other size
  const float inverse = largest == 0 ? 0 : std::min(form.levels / largest, FLT_MAX);
  each_rows(*addon.pool, rows, columns, [&](size_t from, size_t count) {
    addon.kernels->pack_rows(form, x + from * columns, inverse, count, words + from * form.words);
  });
  return nullptr;
}

/** unpackRows(words, scale, x, rows, columns, bits, signed) */
napi_value unpack_rows(const Arguments& arguments) {
  const size_t rows = arguments.size(3), columns = arguments.size(4);
  const PackedRows form = form_of(arguments.size(5), columns, arguments.flag(6));
  const uint32_t* words = words_of(arguments, 0, form, rows);
  const float step = static_cast<float>(arguments.number(1)) / form.levels;
  float* x = arguments.floats(2, times(rows, columns));
  if (columns > 0) unpack(arguments.addon(), form, words, step, rows, x);
  return nullptr;
}

/** packedGradInput(dz, weights, words, bits, dx, m, in, out): dx = dz weights^T, 0 if the code is 0. */
napi_value packed_grad_input(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t m = arguments.size(5), in = arguments.size(6), out = arguments.size(7);
  const PackedRows form = form_of(arguments.size(3), in, false);
  const Matrix dz = {arguments.floats(0, times(m, out)), out, 1};
  const Matrix weights = {arguments.floats(1, times(in, out)), 1, out};
  const uint32_t* words = words_of(arguments, 2, form, m);
  float* dx = arguments.floats(4, times(m, in));
  multiply(*addon.pool, *addon.kernels, addon.packed, dz, weights, dx, m, in, out);
  if (in == 0) return nullptr;
  each_rows(*addon.pool, m, in, [&](size_t from, size_t count) {
    addon.kernels->mask_rows(form, words + from * form.words, count, dx + from * in);
  });
  return nullptr;
}

/**
 * packedGradWeights(words, scale, bits, signed, dz, dWeights, dBias, m, in, out): dWeights = x^T dz with x as it is restored
 * from the codes, a range of samples at a time; dBias = the sum of dz over samples.
 */
napi_value packed_grad_weights(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t m = arguments.size(7), in = arguments.size(8), out = arguments.size(9);
  const PackedRows form = form_of(arguments.size(2), in, arguments.flag(3));
  const uint32_t* words = words_of(arguments, 0, form, m);
  const float step = static_cast<float>(arguments.number(1)) / form.levels;
  const Matrix dz = {arguments.floats(4, times(m, out)), out, 1};
  float* d_weights = arguments.floats(5, times(in, out));
  float* d_bias = arguments.floats(6, out);
  times(m, in, sizeof(float));
  const auto restored = [&](size_t from, size_t range) {
    addon.scratch.require(range * in * sizeof(float));
    if (in > 0) unpack(addon, form, words + from * form.words, step, range, addon.scratch.floats());
    return Matrix{addon.scratch.floats(), 1, in};
  };
  multiply(*addon.pool, *addon.kernels, addon.packed, restored, dz, d_weights, in, out, m, {}, d_bias);
  return nullptr;
}

} // namespace

void define_packed_rows(napi_env env, napi_value exports) {
  define(env, exports, "packRows", pack_rows);
  define(env, exports, "unpackRows", unpack_rows);
  define(env, exports, "packedGradInput", packed_grad_input);
  define(env, exports, "packedGradWeights", packed_grad_weights);
}
