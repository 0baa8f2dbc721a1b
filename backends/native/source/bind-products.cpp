// Many small products at a time.
#include "matrix-product.h"
#include "strided-iterator.h"

namespace {

/**
 * matMuls(a, b, c, layout, rank, m, n, k, transposeA, transposeB, bias?): as matMul, for every matrix of c in turn; layout
 * [size, step of a, step of b] for each dimension before the matrices', steps in matrices.
 */
napi_value mat_muls(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Kernels& kernels = *addon.kernels;
  const size_t rank = arguments.size(4), m = arguments.size(5), n = arguments.size(6), k = arguments.size(7);
  const bool transpose_a = arguments.flag(8), transpose_b = arguments.flag(9);
  StridedIterator iterator(arguments.doubles(3, times(rank, 3)), rank, 2);
  const size_t count = iterator.count();
  if (count == 0 || m == 0 || n == 0) return nullptr;
  size_t a_count, b_count, below_a, below_b;
  iterator.bounds(0, a_count, below_a);
  iterator.bounds(1, b_count, below_b);
  if (below_a > 0 || below_b > 0) throw Failure{Failure::range, "steps must not be negative"};
  const float* a = arguments.floats(0, times(a_count, m, k));
  const float* b = arguments.floats(1, times(b_count, k, n));
  float* c = arguments.floats(2, times(count, m, n));
  Epilogue epilogue;
  epilogue.bias = arguments.optional_floats(10, n);
  iterator.simplify(2);
  const Matrix first_a = {a, transpose_a ? 1 : k, transpose_a ? m : 1};
  const Matrix first_b = {b, transpose_b ? 1 : n, transpose_b ? k : 1};

  const size_t last = iterator.rank - 1;
  const bool one_row = iterator.size[last - 1] == 1;
  if (count == 1 || (one_row && iterator.step[last][0] == 1 && iterator.step[last][1] == 0 && !transpose_a)) {
    // The same b for all: one product.
    multiply(*addon.pool, kernels, addon.packed, first_a, first_b, c, times(count, m), n, k, epilogue);
    return nullptr;
  }
  const auto matrices = [&](size_t i, Matrix& of_a, Matrix& of_b) {
    of_a = first_a, of_b = first_b;
    for (size_t d = iterator.rank; d-- > 0; i /= iterator.size[d]) {
      of_a.data += i % iterator.size[d] * static_cast<size_t>(iterator.step[d][0]) * m * k;
      of_b.data += i % iterator.size[d] * static_cast<size_t>(iterator.step[d][1]) * k * n;
    }
  };
  const size_t work = times(m, n, std::max<size_t>(1, k));
  const size_t threads = static_cast<size_t>(addon.pool->threads());
  if (work > (size_t{1} << 20) && count < 4 * threads) {
    for (size_t i = 0; i < count; i++) {
      Matrix of_a, of_b;
      matrices(i, of_a, of_b);
      multiply(*addon.pool, kernels, addon.packed, of_a, of_b, c + i * m * n, m, n, k, epilogue);
    }
    return nullptr;
  }
  const size_t parts = threads == 1 || times(count, work) < (1 << 16) ? 1 : std::min(count, 4 * threads);
  const size_t floats = (packed_floats(kernels, n, k) + 15) / 16 * 16;
  addon.scratch.require(times(parts, floats, sizeof(float)));
  addon.pool->each(parts, [&](size_t part) {
    for (size_t i = count * part / parts; i < count * (part + 1) / parts; i++) {
      Matrix of_a, of_b;
      matrices(i, of_a, of_b);
      multiply_alone(kernels, addon.scratch.floats() + part * floats, of_a, of_b, c + i * m * n, m, n, k, epilogue);
    }
  });
  return nullptr;
}

} // namespace

void define_products(napi_env env, napi_value exports) {
  define(env, exports, "matMuls", mat_muls);
}
