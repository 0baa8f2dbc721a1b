// Iterates over arrays of different strides together, in parts for threads.
#pragma once

#include <algorithm>

#include "arguments.h"

/** Calls task(from, to) for parts of 0..n, not much smaller than `grain`. The cut is no part of any result. */
template <class Task>
void each_range(ThreadPool& pool, size_t n, size_t grain, const Task& task) {
  const size_t parts = std::min<size_t>(n / std::max<size_t>(1, grain), 4 * static_cast<size_t>(pool.threads()));
  if (pool.threads() == 1 || parts < 2) {
    if (n > 0) task(size_t{0}, n);
    return;
  }
  pool.each(parts, [&](size_t part) { task(n / parts * part + std::min(part, n % parts),
                                           n / parts * (part + 1) + std::min(part + 1, n % parts)); });
}

/** Dimensions of some arrays that are iterated over together: a size, and for each array a step in numbers. */
struct StridedIterator {
  static constexpr size_t max_rank = 16, max_arrays = 3;

  size_t rank = 0;
  size_t size[max_rank];
  ptrdiff_t step[max_rank][max_arrays];

  /** Reads a Float64Array: [size, step, step, ...] for each dimension. */
  StridedIterator(const double* layout, size_t rank, size_t arrays);

  size_t count() const;
  /** The numbers that array `i` must have from its first on, and how far below that the iteration goes. */
  void bounds(size_t i, size_t& above, size_t& below) const;
  /** Drops dimensions of size 1, joins those that are one for all arrays; leaves at least two. */
  void simplify(size_t arrays);

  /**
   * Calls plane(offsets, rows, n) for all of it: `rows` steps along the last dimension but one, `n` along the last.
   * Call it after simplify(), and not where count() is 0.
   */
  template <class Plane>
  void each_plane(ThreadPool& pool, size_t grain, const Plane& plane) const {
    const size_t n = size[rank - 1], run = size[rank - 2], rows = count() / n;
    const auto walk_rows = [&](size_t from, size_t to, size_t column, size_t columns) {
      while (from < to) {
        ptrdiff_t offsets[max_arrays];
        for (size_t i = 0; i < max_arrays; i++) offsets[i] = static_cast<ptrdiff_t>(column) * step[rank - 1][i];
        size_t rest = from;
        for (size_t d = rank - 1; d-- > 0; rest /= size[d])
          for (size_t i = 0; i < max_arrays; i++) offsets[i] += static_cast<ptrdiff_t>(rest % size[d]) * step[d][i];
        const size_t together = std::min(to - from, run - from % run);
        plane(offsets, together, columns);
        from += together;
      }
    };
    if (rows >= 4 * static_cast<size_t>(pool.threads())) {
      each_range(pool, rows, std::max<size_t>(1, grain / n), [&](size_t from, size_t to) { walk_rows(from, to, 0, n); });
      return;
    }
    for (size_t row = 0; row < rows; row++)
      each_range(pool, n, grain, [&](size_t from, size_t to) { walk_rows(row, row + 1, from, to - from); });
  }
};
