// Operations on every number by itself.
#include "strided-iterator.h"

namespace {

size_t grain(bool slow) { return slow ? 4096 : 16384; }

Type type_of(Result result, Type input) {
  switch (result) {
    case Result::same: return input;
    case Result::int32: return int32;
    case Result::uint8: return uint8;
  }
  return input;
}

size_t bytes_of(Type type) { return type == uint8 ? 1 : 4; }

const char* at(const Numbers& numbers, size_t i) { return static_cast<const char*>(numbers.data) + i * bytes_of(numbers.type); }
char* to(const Numbers& numbers, size_t i) { return static_cast<char*>(numbers.data) + i * bytes_of(numbers.type); }

/** operations(kind): the names of 'unary', 'binary' or 'reduction' operations; their places stand for them. */
napi_value operations(const Arguments& arguments) {
  const Kernels& kernels = *arguments.addon().kernels;
  const std::string kind = arguments.text(0);
  napi_env env = arguments.env();
  napi_value names;
  check(env, napi_create_array(env, &names));
  const auto list = [&](const auto* operations, size_t count) {
    for (size_t i = 0; i < count; i++)
      check(env, napi_set_element(env, names, static_cast<uint32_t>(i), text(env, operations[i].name)));
  };
  if (kind == "unary") list(kernels.unary, kernels.unary_count);
  else if (kind == "binary") list(kernels.binary, kernels.binary_count);
  else if (kind == "reduction") list(kernels.reductions, kernels.reduction_count);
  else throw Failure{Failure::range, "no kind of operations is called " + kind};
  return names;
}

/** unary(operation, x, y, p, q); y may be x. */
napi_value unary(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t index = arguments.size(0);
  if (index >= addon.kernels->unary_count) throw Failure{Failure::range, "there is no such operation"};
  const Unary& operation = addon.kernels->unary[index];
  const Numbers x = arguments.numbers(1);
  const Numbers y = arguments.numbers(2, type_of(operation.result, x.type), x.length);
  const double p = arguments.number(3), q = arguments.number(4);
  const auto run = operation.run[x.type];
  if (run == nullptr) throw Failure{Failure::type, std::string(operation.name) + " is not for numbers of this type"};
  each_range(*addon.pool, x.length, grain(operation.slow), [&](size_t from, size_t end) {
    run(at(x, from), to(y, from), end - from, p, q);
  });
  return nullptr;
}

/** binary(operation, a, b, y, layout, rank): layout [size, step of a, step of b] for each dimension of y. */
napi_value binary(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t index = arguments.size(0);
  if (index >= addon.kernels->binary_count) throw Failure{Failure::range, "there is no such operation"};
  const Binary& operation = addon.kernels->binary[index];
  const size_t rank = arguments.size(5);
  StridedIterator iterator(arguments.doubles(4, times(rank, 3)), rank, 2);
  const size_t count = iterator.count();
  if (count == 0) return nullptr;
  // The third array is y, without gaps.
  size_t gap = 1;
  for (size_t d = iterator.rank; d-- > 0; gap *= iterator.size[d]) iterator.step[d][2] = static_cast<ptrdiff_t>(gap);
  size_t a_length, b_length, below_a, below_b;
  iterator.bounds(0, a_length, below_a);
  iterator.bounds(1, b_length, below_b);
  if (below_a > 0 || below_b > 0) throw Failure{Failure::range, "steps must not be negative"};
  const Numbers a = arguments.numbers(1);
  arguments.numbers(1, a.type, a_length);
  const Numbers b = arguments.numbers(2, a.type, b_length);
  const Numbers y = arguments.numbers(3, type_of(operation.result, a.type), count);
  const auto run = operation.run[a.type];
  if (run == nullptr) throw Failure{Failure::type, std::string(operation.name) + " is not for numbers of this type"};
  iterator.simplify(3);
  const size_t last = iterator.rank - 1;
  if (iterator.step[last][0] > 1 || iterator.step[last][1] > 1) throw Failure{Failure::range, "rows must be without gaps"};
  iterator.each_plane(*addon.pool, grain(operation.slow), [&](const ptrdiff_t* offsets, size_t rows, size_t n) {
    run({at(a, offsets[0]), at(b, offsets[1]), to(y, offsets[2]), rows, n, iterator.step[last - 1][0], iterator.step[last - 1][1],
         iterator.step[last][0] == 1, iterator.step[last][1] == 1});
  });
  return nullptr;
}

/** select(condition, t, e, out): t where condition is 1. */
napi_value select(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Numbers out = arguments.numbers(3);
  const Numbers condition = arguments.numbers(0, uint8, out.length);
  const Numbers t = arguments.numbers(1, out.type, out.length), e = arguments.numbers(2, out.type, out.length);
  each_range(*addon.pool, out.length, grain(false), [&](size_t from, size_t end) {
    addon.kernels->select(static_cast<const uint8_t*>(condition.data) + from, at(t, from), at(e, from), to(out, from),
                          bytes_of(out.type), end - from);
  });
  return nullptr;
}

/** convert(x, out): of whatever types; to Uint8Array, whether it is not 0. */
napi_value convert(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Numbers x = arguments.numbers(0), out = arguments.numbers(1);
  if (out.length < x.length) throw Failure{Failure::range, "the output is too short"};
  each_range(*addon.pool, x.length, grain(false), [&](size_t from, size_t end) {
    addon.kernels->convert(x.type, at(x, from), out.type, to(out, from), end - from);
  });
  return nullptr;
}

} // namespace

void define_elementwise(napi_env env, napi_value exports) {
  define(env, exports, "operations", operations);
  define(env, exports, "unary", unary);
  define(env, exports, "binary", binary);
  define(env, exports, "select", select);
  define(env, exports, "convert", convert);
}
