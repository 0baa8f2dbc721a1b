#include "matrix-product.h"

#include <algorithm>
#include <cstdint>

namespace {

/** Floats of b that are packed at a time: most of a second-level cache of 1 MiB. Fewer ranges of k go over c less often. */
constexpr size_t panel_floats = (size_t{768} << 10) / sizeof(float);

size_t ceil_div(size_t a, size_t b) { return (a + b - 1) / b; }

/** How a product is cut into parts: rows of tiles, and columns too where there are few of those. */
struct Cut {
  size_t tiles, panels;               // in all
  size_t tiles_per_part, panels_per_part;
  size_t row_parts, column_parts;
};

/** Most tiles of a part that something is done with at once: a few hundred kilobytes. */
constexpr size_t finished_tiles = 4;

Cut cut(const Kernels& kernels, size_t m, size_t n, size_t threads, size_t most_tiles) {
  const size_t tiles = ceil_div(m, kernels.tile_rows), panels = ceil_div(n, kernels.panel_width);
  // Some parts more than threads, so that a thread that was held up does not hold up all.
  const size_t wanted = threads == 1 ? 1 : 6 * threads;
  const size_t tiles_per_part = std::clamp<size_t>(tiles / wanted, 1, most_tiles);
  const size_t row_parts = std::max<size_t>(1, ceil_div(tiles, tiles_per_part)); // one of no rows, for sums of b alone
  const size_t panels_per_part = std::max<size_t>(1, panels / std::max<size_t>(1, wanted / row_parts));
  return {tiles, panels, tiles_per_part, panels_per_part, row_parts, ceil_div(panels, panels_per_part)};
}

/** Most of k at a time for n columns. */
size_t max_k(size_t n) { return std::clamp<size_t>(panel_floats / n, 128, EMBED_MAX_K); }

/** Cuts k into ranges of like length: a short last one would cost as much besides its sums as a long one. */
template <class Visit>
void each_range_of_k(size_t k, size_t n, const Visit& visit) {
  const size_t ranges = std::max<size_t>(1, ceil_div(k, max_k(n)));
  for (size_t i = 0; i < ranges; i++) {
    const size_t from = k * i / ranges, to = k * (i + 1) / ranges;
    visit(from, to - from);
  }
}

Matrix columns_of(Matrix a, size_t from) { return {a.data + from * a.column, a.row, a.column}; }

/** All rows and columns of one range of k; a begins with it. */
ProductBlock whole_block(const Kernels& kernels, const float* packed, Matrix a, float* c, size_t m, size_t n, size_t k,
                         size_t from, size_t range, const Epilogue& epilogue) {
  ProductBlock block;
  block.a = a.data;
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
  block.panel_to = ceil_div(n, kernels.panel_width);
  block.first = from == 0;
  block.last = from + range == k;
  block.epilogue = epilogue;
  return block;
}

void multiply_vector(ThreadPool& pool, const Kernels& kernels, Matrix a, const float* b, float* c, size_t m, size_t k,
                     const Epilogue& epilogue, float* b_sum) {
  // Parts are whole vectors of rows, and the same for any number of threads: where rows end up decides how they are summed.
  constexpr size_t part_rows = 64;
  pool.each(ceil_div(m, part_rows), [&](size_t part) {
    const size_t from = part * part_rows, to = std::min(m, from + part_rows);
    kernels.vector_product(a.data, a.row, a.column, b, k, from, to, c);
    for (size_t i = from; i < to; i++) {
      if (epilogue.bias) c[i] += *epilogue.bias;
      if (epilogue.relu && !(c[i] > 0)) c[i] = 0;
      if (epilogue.mask && !(epilogue.mask[i] > 0)) c[i] = 0;
    }
  });
  if (b_sum == nullptr) return;
  double sum = 0;
  for (size_t p = 0; p < k; p++) sum += b[p];
  *b_sum = static_cast<float>(sum);
}

} // namespace

void multiply(ThreadPool& pool, const Kernels& kernels, Memory& packed, Matrix a, Matrix b, float* c, size_t m, size_t n,
              size_t k, const Epilogue& epilogue, float* b_sums, const ProductOutput& output) {
  const auto columns = [&](size_t from, size_t) { return columns_of(a, from); };
  multiply(pool, kernels, packed, columns, b, c, m, n, k, epilogue, b_sums, output);
}

void multiply(ThreadPool& pool, const Kernels& kernels, Memory& packed, const Columns& a, Matrix b, float* c, size_t m,
              size_t n, size_t k, const Epilogue& epilogue, float* b_sums, const ProductOutput& output) {
  if (n == 0) return;
  if (m == 0 && b_sums == nullptr) return;
  const size_t c_row = output.row == 0 ? n : output.row;
  const bool finishes = output.finish != nullptr;
  if (n == 1 && b.row == 1 && c_row == 1 && !output.add) {
    multiply_vector(pool, kernels, a(0, k), b.data, c, m, k, epilogue, b_sums);
    if (finishes) output.finish({0, m, 0, 1});
    return;
  }
  const Cut parts = cut(kernels, m, n, pool.threads(), finishes ? finished_tiles : SIZE_MAX);
  packed.require(packed_floats(kernels, n, k) * sizeof(float));
  if (b_sums) std::fill(b_sums, b_sums + n, 0.0f);
  each_range_of_k(k, n, [&](size_t from, size_t range) {
    const float* b_from = b.data + from * b.row;
    const size_t pack_parts = std::min<size_t>(parts.panels, pool.threads());
    pool.each(pack_parts, [&](size_t part) {
      kernels.pack_b(b_from, b.row, b.column, range, n, parts.panels * part / pack_parts,
                     parts.panels * (part + 1) / pack_parts, packed.floats(), b_sums);
    });
    ProductBlock whole = whole_block(kernels, packed.floats(), a(from, range), c, m, n, k, from, range, epilogue);
    whole.c_row = c_row;
    if (output.add) whole.first = false;
    pool.each(parts.row_parts * parts.column_parts, [&](size_t part) {
      ProductBlock block = whole;
      block.row_from = part / parts.column_parts * parts.tiles_per_part * kernels.tile_rows;
      block.row_to = std::min(m, block.row_from + parts.tiles_per_part * kernels.tile_rows);
      block.panel_from = part % parts.column_parts * parts.panels_per_part;
      block.panel_to = std::min(parts.panels, block.panel_from + parts.panels_per_part);
      kernels.product_block(block);
      if (!finishes || !block.last) return;
      output.finish({block.row_from, block.row_to, block.panel_from * kernels.panel_width,
                     std::min(n, block.panel_to * kernels.panel_width)});
    });
  });
}

size_t packed_floats(const Kernels& kernels, size_t n, size_t k) {
  return n == 0 ? 0 : kernels.packed_floats(std::min(k, max_k(n)), n);
}

void multiply_alone(const Kernels& kernels, float* packed, Matrix a, Matrix b, float* c, size_t m, size_t n, size_t k,
                    const Epilogue& epilogue) {
  if (m == 0 || n == 0) return;
  each_range_of_k(k, n, [&](size_t from, size_t range) {
    const ProductBlock block = whole_block(kernels, packed, columns_of(a, from), c, m, n, k, from, range, epilogue);
    kernels.pack_b(b.data + from * b.row, b.row, b.column, range, n, 0, block.panel_to, packed, nullptr);
    kernels.product_block(block);
  });
}
