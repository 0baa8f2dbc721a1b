#include "strided-iterator.h"

#include <cmath>

StridedIterator::StridedIterator(const double* layout, size_t given, size_t arrays) {
  if (given > max_rank) throw Failure{Failure::range, "too many dimensions"};
  rank = given;
  for (size_t d = 0; d < rank; d++) {
    const double* dimension = layout + d * (arrays + 1);
    for (size_t i = 0; i <= arrays; i++)
      if (!(std::fabs(dimension[i]) < 1e12) || dimension[i] != std::floor(dimension[i]) || (i == 0 && dimension[i] < 0))
        throw Failure{Failure::range, "a layout must be of whole numbers, and no larger than memory can be"};
    size[d] = static_cast<size_t>(dimension[0]);
    for (size_t i = 0; i < max_arrays; i++) step[d][i] = i < arrays ? static_cast<ptrdiff_t>(dimension[1 + i]) : 0;
  }
}

size_t StridedIterator::count() const {
  size_t product = 1;
  for (size_t d = 0; d < rank; d++)
    if (size[d] == 0) return 0;
  for (size_t d = 0; d < rank; d++) product = times(product, size[d]);
  return product;
}

void StridedIterator::bounds(size_t i, size_t& above, size_t& below) const {
  above = 1, below = 0;
  for (size_t d = 0; d < rank; d++) {
    const ptrdiff_t by = step[d][i];
    const size_t distance = times(size[d] - 1, static_cast<size_t>(by < 0 ? -by : by));
    size_t& side = by < 0 ? below : above;
    if (__builtin_add_overflow(side, distance, &side)) throw Failure{Failure::range, "the shape is larger than memory can be"};
  }
}

void StridedIterator::simplify(size_t arrays) {
  size_t kept = 0;
  for (size_t d = 0; d < rank; d++) {
    if (size[d] == 1) continue;
    bool joins = kept > 0;
    for (size_t i = 0; joins && i < arrays; i++)
      joins = step[kept - 1][i] == step[d][i] * static_cast<ptrdiff_t>(size[d]);
    if (!joins) kept++;
    size[kept - 1] = joins ? size[kept - 1] * size[d] : size[d];
    std::copy(step[d], step[d] + max_arrays, step[kept - 1]);
  }
  // Leading dimensions of size 1 change nothing.
  while (kept < 2) {
    for (size_t d = kept; d > 0; d--) {
      size[d] = size[d - 1];
      std::copy(step[d - 1], step[d - 1] + max_arrays, step[d]);
    }
    size[0] = 1;
    std::fill(step[0], step[0] + max_arrays, kept == 0 ? 1 : 0);
    kept++;
  }
  rank = kept;
}
