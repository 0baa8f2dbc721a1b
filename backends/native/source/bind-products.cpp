// Many small products at a time.
#include "matrix-product.h"
#include "walk.h"

namespace {

/** A product by one thread alone; packed: of min(k, EMBED_MOST_K) by n. */
void multiply_alone(const Kernels& kernels, float* packed, Matrix a, Matrix b, float* c, size_t m, size_t n, size_t k,
                    const Epilogue& epilogue) {
  const size_t panels = (n + kernels.panel_width - 1) / kernels.panel_width;
  size_t from = 0;
  do {
    const size_t range = std::min<size_t>(EMBED_MOST_K, k - from);
    kernels.pack_b(b.data + from * b.row, b.row, b.column, range, n, 0, panels, packed, nullptr);
    ProductBlock block;
    block.a = a.data + from * a.column;
    block.a_row = a.row;
    block.a_k = a.column;
    block.b = packed;
    block.c = c;
    block.c_row = n;
    block.m = m;
    block.n = n;
    block.k = range;
    block.row_from = 0;
    block.row_to = m;
    block.panel_from = 0;
    block.panel_to = panels;
    block.first = from == 0;
    block.last = from + range == k;
    block.epilogue = epilogue;
    kernels.product_block(block);
    from += range;
  } while (from < k);
}

/**
 * matMuls(a, b, c, layout, rank, m, n, k, transposeA, transposeB, bias?): as matMul, for every matrix of c in turn; layout
 * [size, step of a, step of b] for each dimension before the matrices', steps in matrices.
 */
napi_value mat_muls(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Kernels& kernels = *addon.kernels;
  const size_t rank = arguments.size(4), m = arguments.size(5), n = arguments.size(6), k = arguments.size(7);
  const bool transpose_a = arguments.flag(8), transpose_b = arguments.flag(9);
  Walk walk(arguments.doubles(3, times(rank, 3)), rank, 2);
  const size_t count = walk.count();
  if (count == 0 || m == 0 || n == 0) return nullptr;
  size_t a_count, b_count, below_a, below_b;
  walk.reach(0, a_count, below_a);
  walk.reach(1, b_count, below_b);
  if (below_a > 0 || below_b > 0) throw Failure{Failure::range, "steps must not be negative"};
  const float* a = arguments.floats(0, times(a_count, m, k));
  const float* b = arguments.floats(1, times(b_count, k, n));
  float* c = arguments.floats(2, times(count, m, n));
  Epilogue epilogue;
  epilogue.bias = arguments.optional_floats(10, n);
  walk.simplify(2);
  const Matrix first_a = {a, transpose_a ? 1 : k, transpose_a ? m : 1};
  const Matrix first_b = {b, transpose_b ? 1 : n, transpose_b ? k : 1};

  const size_t last = walk.rank - 1;
  const bool one_row = walk.size[last - 1] == 1;
  if (count == 1 || (one_row && walk.step[last][0] == 1 && walk.step[last][1] == 0 && !transpose_a)) {
    // The same b for all: one product.
    multiply(*addon.pool, kernels, addon.packed, first_a, first_b, c, times(count, m), n, k, epilogue);
    return nullptr;
  }
  const auto matrices = [&](size_t i, Matrix& of_a, Matrix& of_b) {
    of_a = first_a, of_b = first_b;
    for (size_t d = walk.rank; d-- > 0; i /= walk.size[d]) {
      of_a.data += i % walk.size[d] * static_cast<size_t>(walk.step[d][0]) * m * k;
      of_b.data += i % walk.size[d] * static_cast<size_t>(walk.step[d][1]) * k * n;
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
  const size_t floats = (kernels.packed_floats(std::min<size_t>(k, EMBED_MOST_K), n) + 15) / 16 * 16;
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

/** Of [batch, fields, in] and [fields, in, out]. */
struct Fields {
  size_t batch, fields, in, out;

  explicit Fields(const Arguments& arguments)
      : batch(arguments.size(3)), fields(arguments.size(4)), in(arguments.size(5)), out(arguments.size(6)) {}
  size_t inputs() const { return times(batch, fields, in); }
  size_t outputs() const { return times(batch, fields, out); }
  size_t matrices() const { return times(fields, in, out); }
  size_t samples_together() const { return std::max<size_t>(1, 16384 / std::max<size_t>(1, matrices())); }
};

/** projectFields(x, matrices, y, batch, fields, in, out) */
napi_value project_fields(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Fields shape(arguments);
  const float* x = arguments.floats(0, shape.inputs());
  const float* matrices = arguments.floats(1, shape.matrices());
  float* y = arguments.floats(2, shape.outputs());
  if (shape.outputs() == 0) return nullptr; // no array vouches for the other sizes
  each_range(*addon.pool, shape.batch, shape.samples_together(), [&](size_t from, size_t end) {
    addon.kernels->project(x + from * shape.fields * shape.in, matrices, y + from * shape.fields * shape.out, end - from,
                           shape.fields, shape.in, shape.out);
  });
  return nullptr;
}

/** projectFieldsGradX(dy, matrices, dx, batch, fields, in, out) */
napi_value project_fields_grad_x(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Fields shape(arguments);
  const float* dy = arguments.floats(0, shape.outputs());
  const float* matrices = arguments.floats(1, shape.matrices());
  float* dx = arguments.floats(2, shape.inputs());
  if (shape.inputs() == 0) return nullptr;
  each_range(*addon.pool, shape.batch, shape.samples_together(), [&](size_t from, size_t end) {
    addon.kernels->project_grad_x(dy + from * shape.fields * shape.out, matrices, dx + from * shape.fields * shape.in,
                                  end - from, shape.fields, shape.in, shape.out);
  });
  return nullptr;
}

/** projectFieldsGradMatrices(x, dy, dmatrices, batch, fields, in, out): a field is one thread's, samples in order. */
napi_value project_fields_grad_matrices(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Fields shape(arguments);
  const float* x = arguments.floats(0, shape.inputs());
  const float* dy = arguments.floats(1, shape.outputs());
  float* matrices = arguments.floats(2, shape.matrices());
  if (shape.matrices() == 0) return nullptr;
  const size_t matrix = shape.in * shape.out;
  const size_t floats = (matrix + 15) / 16 * 16; // scratch memory of its own, not on a cache line with another's
  addon.scratch.require(times(shape.fields, floats, sizeof(float)));
  each_range(*addon.pool, shape.fields, 1, [&](size_t from, size_t end) {
    for (size_t f = from; f < end; f++)
      addon.kernels->project_grad_matrix(x + f * shape.in, dy + f * shape.out, matrices + f * matrix, shape.batch,
                                         shape.fields, shape.in, shape.out, addon.scratch.floats() + f * floats);
  });
  return nullptr;
}

} // namespace

void define_products(napi_env env, napi_value exports) {
  define(env, exports, "matMuls", mat_muls);
  define(env, exports, "projectFields", project_fields);
  define(env, exports, "projectFieldsGradX", project_fields_grad_x);
  define(env, exports, "projectFieldsGradMatrices", project_fields_grad_matrices);
}
