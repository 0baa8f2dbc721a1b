// Whole cross layers of DCN V2 with matrices of low rank, and with mixtures of experts. Products are taken over the whole batch;
// what is done number by number is done to a few tiles of a product at a time.
#include "matrix-product.h"
#include "strided-iterator.h"

#include <string>
#include <vector>

namespace {

constexpr size_t grain = 16384, most_experts = 4096;

/** run(from, count) for stretches of floats of a part; the whole has rows of n floats. */
template <class Run>
void each_stretch(const ProductPart& part, size_t n, const Run& run) {
  if (part.column == 0 && part.column_end == n) return run(part.row * n, (part.row_end - part.row) * n);
  for (size_t row = part.row; row < part.row_end; row++) run(row * n + part.column, part.column_end - part.column);
}

/** A matrix without gaps; `columns`: floats of its rows. */
Matrix rows_of(const float* data, size_t columns) { return {data, columns, 1}; }
Matrix transposed(const float* data, size_t columns) { return {data, 1, columns}; }

/** Products of a layer. */
struct Multiplier {
  Addon& addon;
  void operator()(Matrix a, Matrix b, float* c, size_t m, size_t n, size_t k, const ProductOutput& output = {},
                  float* b_sums = nullptr) const {
    multiply(*addon.pool, *addon.kernels, addon.packed, a, b, c, m, n, k, {}, b_sums, output);
  }
};

/** Sizes of a layer: width is the rank of its two matrices. */
struct LayerShape {
  size_t batch, n, width;
};

/** A layer's input, and x_0: [batch, n]. */
struct LayerInput {
  const float *x0, *x;
};

/** The end of a layer: u = narrow up + bias, y = x0 o u + x. narrow: [batch, width]. */
void end_layer(Addon& addon, const LayerShape& shape, const LayerInput& input, const float* narrow, const float* up,
               const float* bias, float* u, float* y) {
  Epilogue epilogue;
  epilogue.bias = bias;
  ProductOutput output;
  output.finish = [&](const ProductPart& part) {
    each_stretch(part, shape.n, [&](size_t at, size_t count) {
      addon.kernels->cross_product(input.x0 + at, u + at, input.x + at, y + at, count);
    });
  };
  multiply(*addon.pool, *addon.kernels, addon.packed, rows_of(narrow, shape.width), rows_of(up, shape.n), u, shape.batch,
           shape.n, shape.width, epilogue, nullptr, output);
}

/** The arrays of a gradient's begin: du = dy o x0, dx0 = dy o u + before; before may be null. */
struct Slopes {
  const float *dy, *u, *before;
  float *du, *dx0;
};

void begin_gradient(Addon& addon, const LayerShape& shape, const float* x0, const Slopes& slopes) {
  each_range(*addon.pool, shape.batch * shape.n, grain, [&](size_t from, size_t end) {
    addon.kernels->cross_product_grad(slopes.dy + from, x0 + from, slopes.u + from,
                                      slopes.before == nullptr ? nullptr : slopes.before + from, slopes.du + from,
                                      slopes.dx0 + from, end - from);
  });
}

/** dx gets dy as well, and what x_0 gets where x is x_0. */
ProductOutput with_slopes(Addon& addon, const LayerShape& shape, const Slopes& slopes, bool first, float* dx) {
  ProductOutput output;
  output.finish = [&addon, n = shape.n, dy = slopes.dy, dx0 = first ? slopes.dx0 : nullptr, dx](const ProductPart& part) {
    each_stretch(part, n, [&](size_t at, size_t count) {
      addon.kernels->add_both(dx + at, dy + at, dx0 == nullptr ? nullptr : dx0 + at, count);
    });
  };
  return output;
}

/** Floats of scratch memory, in turn. */
class Scratch {
 public:
  explicit Scratch(float* from) : at_(from) {}
  float* take(size_t floats) {
    float* from = at_;
    at_ += padded(floats);
    return from;
  }
  static size_t padded(size_t floats) { return (floats + 15) / 16 * 16; }

 private:
  float* at_;
};

/** lowRankCross(x0, x, down, up, bias, narrow, u, y, batch, n, rank) */
napi_value low_rank_cross(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const LayerShape shape = {arguments.size(8), arguments.size(9), arguments.size(10)};
  const auto [batch, n, rank] = shape;
  const LayerInput input = {arguments.floats(0, times(batch, n)), arguments.floats(1, times(batch, n))};
  const float *down = arguments.floats(2, times(n, rank)), *up = arguments.floats(3, times(n, rank));
  const float* bias = arguments.floats(4, n);
  float* narrow = arguments.floats(5, times(batch, rank));
  float *u = arguments.floats(6, times(batch, n)), *y = arguments.floats(7, times(batch, n));
  Multiplier{addon}(rows_of(input.x, n), rows_of(down, rank), narrow, batch, rank, n);
  end_layer(addon, shape, input, narrow, up, bias, u, y);
  return nullptr;
}

/** lowRankCrossGrad(dy, x0, x, narrow, u, down, up, before?, dx, dx0?, dDown, dUp, dBias, batch, n, rank) */
napi_value low_rank_cross_grad(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const LayerShape shape = {arguments.size(13), arguments.size(14), arguments.size(15)};
  const auto [batch, n, rank] = shape;
  const size_t wide = times(batch, n), narrows = times(batch, rank), floats = times(n, rank);
  const bool first = arguments.missing(9);
  const LayerInput input = {arguments.floats(1, wide), arguments.floats(2, wide)};
  const float* narrow = arguments.floats(3, narrows);
  const float *down = arguments.floats(5, floats), *up = arguments.floats(6, floats);
  float* dx = arguments.floats(8, wide);
  float *ddown = arguments.floats(10, floats), *dup = arguments.floats(11, floats), *dbias = arguments.floats(12, n);
  Slopes slopes = {arguments.floats(0, wide), arguments.floats(4, wide), arguments.optional_floats(7, wide), nullptr, nullptr};
  addon.scratch.require(times(times(wide, 2) + narrows + 64, sizeof(float)));
  Scratch scratch(addon.scratch.floats());
  slopes.du = scratch.take(wide);
  slopes.dx0 = first ? scratch.take(wide) : arguments.floats(9, wide);
  float* dnarrow = scratch.take(narrows);

  const Multiplier product{addon};
  begin_gradient(addon, shape, input.x0, slopes);
  product(transposed(narrow, rank), rows_of(slopes.du, n), dup, rank, n, batch, {}, dbias);
  product(rows_of(slopes.du, n), transposed(up, n), dnarrow, batch, rank, n);
  product(transposed(input.x, n), rows_of(dnarrow, rank), ddown, n, rank, batch);
  product(rows_of(dnarrow, rank), transposed(down, rank), dx, batch, n, rank, with_slopes(addon, shape, slopes, first, dx));
  return nullptr;
}

ExpertShape experts_of(const Arguments& arguments, size_t experts, size_t rank) {
  const ExpertShape shape = {arguments.size(experts), arguments.size(rank)};
  if (shape.experts == 0 || shape.experts > most_experts) throw Failure{Failure::range, "a mixture has 1 to 4096 experts"};
  return shape;
}

/** The arrays of a list. They may be getters: all lists are read before any array's memory is looked for. */
class ArrayList {
 public:
  ArrayList(const Arguments& arguments, size_t i, size_t length) : env_(arguments.env()), elements_(length) {
    uint32_t count;
    check(env_, napi_get_array_length(env_, arguments.value(i), &count));
    if (count != length) throw Failure{Failure::range, "a list should have " + std::to_string(length) + " arrays"};
    for (uint32_t at = 0; at < count; at++) check(env_, napi_get_element(env_, arguments.value(i), at, &elements_[at]));
  }
  float* floats(size_t i, size_t count) const { return floats_of(env_, elements_[i], count); }
  /** All of them, of one size. */
  std::vector<float*> all(size_t count) const {
    std::vector<float*> arrays(elements_.size());
    for (size_t i = 0; i < arrays.size(); i++) arrays[i] = floats(i, count);
    return arrays;
  }

 private:
  napi_env env_;
  std::vector<napi_value> elements_;
};

/** mixedCross(x0, x, [gates, down, up, bias], squares, [shares, narrow, inner, mixed, u], y, batch, n, rank, experts) */
napi_value mixed_cross(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Kernels& kernels = *addon.kernels;
  const ExpertShape each = experts_of(arguments, 9, 8);
  const auto [experts, rank] = each;
  const LayerShape shape = {arguments.size(6), arguments.size(7), times(experts, rank)};
  const auto [batch, n, width] = shape;
  const size_t wide = times(batch, n), narrows = times(batch, width);
  const ArrayList weights(arguments, 2, 4), squares(arguments, 3, experts), saved(arguments, 4, 5);
  const LayerInput input = {arguments.floats(0, wide), arguments.floats(1, wide)};
  const float *gates = weights.floats(0, times(n, experts)), *down = weights.floats(1, times(n, width));
  const float *up = weights.floats(2, times(n, width)), *bias = weights.floats(3, n);
  float *shares = saved.floats(0, times(batch, experts)), *narrow = saved.floats(1, narrows);
  float *inner = saved.floats(2, narrows), *mixed = saved.floats(3, narrows), *u = saved.floats(4, wide);
  float* y = arguments.floats(5, wide);
  const std::vector<float*> square = squares.all(times(rank, rank));

  const Multiplier product{addon};
  product(rows_of(input.x, n), rows_of(gates, experts), shares, batch, experts, n);
  kernels.softmax(shares, shares, batch, experts);
  ProductOutput through;
  through.finish = [&, width = width](const ProductPart& part) {
    each_stretch(part, width, [&](size_t at, size_t count) { kernels.set_tanh(narrow + at, count); });
  };
  product(rows_of(input.x, n), rows_of(down, width), narrow, batch, width, n, through);
  ProductOutput side;
  side.row = width;
  for (size_t k = 0; k < experts; k++)
    product(rows_of(narrow + k * rank, width), rows_of(square[k], rank), inner + k * rank, batch, rank, rank, side);
  each_range(*addon.pool, batch, std::max<size_t>(1, grain / std::max<size_t>(1, width)), [&](size_t from, size_t end) {
    kernels.set_tanh(inner + from * shape.width, (end - from) * shape.width);
    kernels.mix_experts(each, inner + from * shape.width, shares + from * each.experts, mixed + from * shape.width,
                        end - from);
  });
  end_layer(addon, shape, input, mixed, up, bias, u, y);
  return nullptr;
}

/**
 * mixedCrossGrad(dy, x0, x, [gates, down, up], squares, [shares, narrow, inner, mixed, u], before?, dx, dx0?,
 * [dGates, dDown, dUp, dBias], dSquares, batch, n, rank, experts)
 */
napi_value mixed_cross_grad(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Kernels& kernels = *addon.kernels;
  const ExpertShape each = experts_of(arguments, 14, 13);
  const auto [experts, rank] = each;
  const LayerShape shape = {arguments.size(11), arguments.size(12), times(experts, rank)};
  const auto [batch, n, width] = shape;
  const size_t wide = times(batch, n), narrows = times(batch, width), floats = times(n, width);
  const bool first = arguments.missing(8);
  const ArrayList weights(arguments, 3, 3), squares(arguments, 4, experts), saved(arguments, 5, 5);
  const ArrayList gradients(arguments, 9, 4), dsquares(arguments, 10, experts);
  const LayerInput input = {arguments.floats(1, wide), arguments.floats(2, wide)};
  const float *gates = weights.floats(0, times(n, experts)), *down = weights.floats(1, floats);
  const float *up = weights.floats(2, floats), *shares = saved.floats(0, times(batch, experts));
  const float *narrow = saved.floats(1, narrows), *inner = saved.floats(2, narrows), *mixed = saved.floats(3, narrows);
  float* dx = arguments.floats(7, wide);
  float *dgates = gradients.floats(0, times(n, experts)), *ddown = gradients.floats(1, floats);
  float *dup = gradients.floats(2, floats), *dbias = gradients.floats(3, n);
  const std::vector<float*> square = squares.all(times(rank, rank)), dsquare = dsquares.all(times(rank, rank));
  Slopes slopes = {arguments.floats(0, wide), saved.floats(4, wide), arguments.optional_floats(6, wide), nullptr, nullptr};
  addon.scratch.require(times(times(wide, 2) + times(narrows, 2) + times(batch, experts) + 96, sizeof(float)));
  Scratch scratch(addon.scratch.floats());
  slopes.du = scratch.take(wide);
  slopes.dx0 = first ? scratch.take(wide) : arguments.floats(8, wide);
  float *dinner = scratch.take(narrows), *dnarrow = scratch.take(narrows);
  float* dscores = scratch.take(times(batch, experts));

  const Multiplier product{addon};
  begin_gradient(addon, shape, input.x0, slopes);
  product(transposed(mixed, width), rows_of(slopes.du, n), dup, width, n, batch, {}, dbias);
  product(rows_of(slopes.du, n), transposed(up, n), dinner, batch, width, n);
  each_range(*addon.pool, batch, std::max<size_t>(1, grain / std::max<size_t>(1, width)), [&](size_t from, size_t end) {
    kernels.mix_experts_grad(each, inner + from * shape.width, shares + from * each.experts, dinner + from * shape.width,
                             dscores + from * each.experts, end - from);
  });
  for (size_t k = 0; k < experts; k++) {
    const size_t at = k * rank;
    product(transposed(narrow + at, width), rows_of(dinner + at, width), dsquare[k], rank, rank, batch);
    ProductOutput through;
    through.row = width;
    through.finish = [&, width = width](const ProductPart& part) {
      for (size_t row = part.row; row < part.row_end; row++) {
        const size_t from = row * width + at + part.column;
        kernels.tanh_grad(dnarrow + from, narrow + from, part.column_end - part.column);
      }
    };
    product(rows_of(dinner + at, width), transposed(square[k], rank), dnarrow + at, batch, rank, rank, through);
  }
  product(transposed(input.x, n), rows_of(dnarrow, width), ddown, n, width, batch);
  product(transposed(input.x, n), rows_of(dscores, experts), dgates, n, experts, batch);
  product(rows_of(dscores, experts), transposed(gates, experts), dx, batch, n, experts);
  ProductOutput rest = with_slopes(addon, shape, slopes, first, dx);
  rest.add = true;
  product(rows_of(dnarrow, width), transposed(down, width), dx, batch, n, width, rest);
  return nullptr;
}

} // namespace

void define_cross_factors(napi_env env, napi_value exports) {
  define(env, exports, "lowRankCross", low_rank_cross);
  define(env, exports, "lowRankCrossGrad", low_rank_cross_grad);
  define(env, exports, "mixedCross", mixed_cross);
  define(env, exports, "mixedCrossGrad", mixed_cross_grad);
}
