// Operations along an axis: x is [outer, n, inner], and what is made of it [outer, inner].
#include <vector>

#include "strided-iterator.h"

namespace {

constexpr size_t grain = 16384;

struct Shape {
  size_t outer, n, inner;

  Shape(const Arguments& arguments, size_t first)
      : outer(arguments.size(first)), n(arguments.size(first + 1)), inner(arguments.size(first + 2)) {
    times(outer, std::max<size_t>(1, n), inner); // outputs too, where n is 0
  }
  size_t inputs() const { return outer * n * inner; }
  size_t outputs() const { return outer * inner; }
};

/**
 * Sums in chunks of rows, and then the chunks' sums: the chunks depend on the shape alone, so the bits do not depend on
 * the number of threads.
 */
template <class Sum, class SumChunk, class Store>
void sum_chunks(Addon& addon, const Shape& shape, const SumChunk& sum_chunk, const Store& store) {
  const size_t chunk = std::max<size_t>(64, grain / std::max<size_t>(1, shape.inner));
  const size_t chunks = (shape.n + chunk - 1) / chunk;
  addon.scratch.require(times(times(shape.outer, chunks), shape.inner, sizeof(Sum)));
  Sum* sums = static_cast<Sum*>(addon.scratch.data());
  const size_t work = std::max<size_t>(1, std::min(chunk, shape.n) * shape.inner);
  each_range(*addon.pool, shape.outer * chunks, std::max<size_t>(1, grain / work), [&](size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
      const size_t first = i % chunks * chunk;
      sum_chunk((i / chunks * shape.n + first) * shape.inner, std::min(chunk, shape.n - first), sums + i * shape.inner);
    }
  });
  for (size_t outer = 0; outer < shape.outer; outer++)
    for (size_t j = 0; j < shape.inner; j++) {
      Sum sum = 0;
      for (size_t i = 0; i < chunks; i++) sum += sums[(outer * chunks + i) * shape.inner + j];
      store(outer * shape.inner + j, sum);
    }
}

/** sum(x, out, outer, n, inner, divisor): floats or integers; integers wrap. */
napi_value sum(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Kernels& kernels = *addon.kernels;
  const Shape shape(arguments, 2);
  const double divisor = arguments.number(5);
  const Numbers input = arguments.numbers(0);
  arguments.numbers(0, input.type, shape.inputs());
  const Numbers out = arguments.numbers(1, input.type, shape.outputs());
  if (shape.outputs() == 0) return nullptr; // no array vouches for the other sizes
  if (input.type == float32) {
    const float* x = static_cast<const float*>(input.data);
    float* to = static_cast<float*>(out.data);
    if (shape.inner == 1 && shape.n <= grain) {
      // Many short rows.
      addon.scratch.require(times(shape.outer, sizeof(double)));
      double* sums = static_cast<double*>(addon.scratch.data());
      each_range(*addon.pool, shape.outer, std::max<size_t>(1, grain / std::max<size_t>(1, shape.n)),
                 [&](size_t from, size_t end) {
                   kernels.sum_rows(x + from * shape.n, end - from, shape.n, sums + from);
                   for (size_t i = from; i < end; i++) to[i] = static_cast<float>(sums[i] / divisor);
                 });
      return nullptr;
    }
    sum_chunks<double>(
        addon, shape,
        [&](size_t at, size_t rows, double* sums) {
          if (shape.inner == 1) kernels.sum_rows(x + at, 1, rows, sums);
          else kernels.sum_floats(x + at, shape.inner, rows, shape.inner, sums);
        },
        [&](size_t i, double value) { to[i] = static_cast<float>(value / divisor); });
  } else if (input.type == int32) {
    const int32_t* x = static_cast<const int32_t*>(input.data);
    int32_t* to = static_cast<int32_t*>(out.data);
    sum_chunks<int64_t>(
        addon, shape,
        [&](size_t at, size_t rows, int64_t* sums) { kernels.sum_ints(x + at, shape.inner, rows, shape.inner, sums); },
        [&](size_t i, int64_t value) { to[i] = static_cast<int32_t>(value); });
  } else {
    throw Failure{Failure::type, "booleans are summed as integers"};
  }
  return nullptr;
}

/** reduce(operation, x, out, outer, n, inner), n > 0 */
napi_value reduce(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t index = arguments.size(0);
  if (index >= addon.kernels->reduction_count) throw Failure{Failure::range, "there is no such operation"};
  const Reduction& operation = addon.kernels->reductions[index];
  const Shape shape(arguments, 3);
  if (shape.n == 0) throw Failure{Failure::range, "nothing has no greatest or least number"};
  const Numbers x = arguments.numbers(1);
  arguments.numbers(1, x.type, shape.inputs());
  const Numbers out = arguments.numbers(2, operation.result == Result::same ? x.type : int32, shape.outputs());
  if (shape.outputs() == 0) return nullptr;
  const auto run = operation.run[x.type];
  if (run == nullptr) throw Failure{Failure::type, std::string(operation.name) + " is not for numbers of this type"};
  const size_t in_bytes = x.type == uint8 ? 1 : 4, out_bytes = out.type == uint8 ? 1 : 4;
  each_range(*addon.pool, shape.outer, std::max<size_t>(1, grain / std::max<size_t>(1, shape.n * shape.inner)),
             [&](size_t from, size_t end) {
               for (size_t i = from; i < end; i++)
                 run(static_cast<const char*>(x.data) + i * shape.n * shape.inner * in_bytes, shape.inner, shape.n,
                     shape.inner, static_cast<char*>(out.data) + i * shape.inner * out_bytes);
             });
  return nullptr;
}

/** y[i] = y[i - 1] + x[i], or times, along n; stored every time, as in JavaScript. */
template <class T, bool product>
void scan(const T* x, T* y, const Shape& shape, size_t outer, bool exclusive, bool reverse) {
  for (size_t j = 0; j < shape.inner; j++) {
    T sofar = product ? 1 : 0;
    for (size_t i = 0; i < shape.n; i++) {
      const size_t at = (outer * shape.n + (reverse ? shape.n - 1 - i : i)) * shape.inner + j;
      const T value = x[at];
      T next;
      if (i == 0 && !exclusive) next = value; // -0 stays what it is
      else if constexpr (std::is_same_v<T, float>) next = product ? sofar * value : sofar + value;
      else if constexpr (product) {
        // A sum that is not exact in doubles is not exact in JavaScript either.
        const double exact = static_cast<double>(sofar) * static_cast<double>(value);
        next = static_cast<T>(static_cast<int64_t>(exact));
      } else {
        next = static_cast<T>(static_cast<int64_t>(sofar) + value);
      }
      y[at] = exclusive ? sofar : next;
      sofar = next;
    }
  }
}

template <class T>
void scan_all(Addon& addon, const Arguments& arguments, const Shape& shape) {
  const T* x = static_cast<const T*>(arguments.numbers(0).data);
  T* y = static_cast<T*>(arguments.numbers(1).data);
  const bool exclusive = arguments.flag(5), reverse = arguments.flag(6), product = arguments.flag(7);
  each_range(*addon.pool, shape.outer, std::max<size_t>(1, grain / std::max<size_t>(1, shape.n * shape.inner)),
             [&](size_t from, size_t end) {
               for (size_t outer = from; outer < end; outer++)
                 if (product) scan<T, true>(x, y, shape, outer, exclusive, reverse);
                 else scan<T, false>(x, y, shape, outer, exclusive, reverse);
             });
}

/** scan(x, y, outer, n, inner, exclusive, reverse, product): sums or products of all before, along n. */
napi_value scan(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Shape shape(arguments, 2);
  const Numbers x = arguments.numbers(0);
  arguments.numbers(0, x.type, shape.inputs());
  arguments.numbers(1, x.type, shape.inputs());
  if (shape.inputs() == 0) return nullptr;
  if (x.type == float32) scan_all<float>(addon, arguments, shape);
  else if (x.type == int32) scan_all<int32_t>(addon, arguments, shape);
  else throw Failure{Failure::type, "booleans are summed as integers"};
  return nullptr;
}

/** softmax(x, y, rows, n) */
napi_value softmax(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t rows = arguments.size(2), n = arguments.size(3);
  const float* x = arguments.floats(0, times(rows, n));
  float* y = arguments.floats(1, times(rows, n));
  if (n == 0) return nullptr;
  each_range(*addon.pool, rows, std::max<size_t>(1, grain / n), [&](size_t from, size_t end) {
    addon.kernels->softmax(x + from * n, y + from * n, end - from, n);
  });
  return nullptr;
}

/** Greater first, NaN last, the earlier of equals. */
template <class T>
struct Before {
  const T* x;
  bool operator()(int32_t i, int32_t j) const {
    const bool i_number = x[i] == x[i], j_number = x[j] == x[j];
    if (i_number != j_number) return i_number;
    if (i_number && x[i] != x[j]) return x[i] > x[j];
    return i < j;
  }
};

template <class T>
void top_rows(Addon& addon, const Arguments& arguments, size_t rows, size_t n, size_t k) {
  const T* x = static_cast<const T*>(arguments.numbers(0).data);
  T* values = static_cast<T*>(arguments.numbers(1).data);
  int32_t* indices = arguments.ints(2, rows * k);
  addon.scratch.require(times(rows, n, sizeof(int32_t)));
  int32_t* order = static_cast<int32_t*>(addon.scratch.data());
  each_range(*addon.pool, rows, std::max<size_t>(1, 2048 / n), [&](size_t from, size_t end) {
    for (size_t row = from; row < end; row++) {
      int32_t* own = order + row * n;
      for (size_t i = 0; i < n; i++) own[i] = static_cast<int32_t>(i);
      std::partial_sort(own, own + k, own + n, Before<T>{x + row * n});
      for (size_t i = 0; i < k; i++) {
        values[row * k + i] = x[row * n + static_cast<size_t>(own[i])];
        indices[row * k + i] = own[i];
      }
    }
  });
}

/** top(x, values, indices, rows, n, k): the k greatest of every row, greatest first. */
napi_value top(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t rows = arguments.size(3), n = arguments.size(4), k = arguments.size(5);
  if (k > n || n > INT32_MAX) throw Failure{Failure::range, "a row has fewer numbers than were asked for"};
  const Numbers x = arguments.numbers(0);
  arguments.numbers(0, x.type, times(rows, n));
  arguments.numbers(1, x.type, times(rows, k));
  arguments.ints(2, times(rows, k));
  if (n == 0) return nullptr;
  if (x.type == float32) top_rows<float>(addon, arguments, rows, n, k);
  else if (x.type == int32) top_rows<int32_t>(addon, arguments, rows, n, k);
  else throw Failure{Failure::type, "floats or integers were expected"};
  return nullptr;
}

} // namespace

void define_reductions(napi_env env, napi_value exports) {
  define(env, exports, "sum", sum);
  define(env, exports, "reduce", reduce);
  define(env, exports, "scan", scan);
  define(env, exports, "softmax", softmax);
  define(env, exports, "top", top);
}
