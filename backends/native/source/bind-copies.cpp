// Numbers moved and picked.
#include <vector>

#include "strided-iterator.h"

namespace {

constexpr size_t grain = 16384;

size_t bytes_of(Type type) { return type == uint8 ? 1 : 4; }

/** The place where an iteration over an array starts. Throws where it would leave the array. */
char* start(const Arguments& arguments, size_t i, Type type, size_t offset, const StridedIterator& iterator, size_t array) {
  size_t above, below;
  iterator.bounds(array, above, below);
  if (__builtin_add_overflow(above, offset, &above)) throw Failure{Failure::range, "the offset is too large"};
  const Numbers numbers = arguments.numbers(i, type, above);
  if (below > offset) throw Failure{Failure::range, "the steps lead before the array's start"};
  return static_cast<char*>(numbers.data) + offset * bytes_of(type);
}

/** copy(from, to, layout, rank, fromOffset, toOffset): layout [size, step of from, step of to] for each dimension. */
napi_value copy(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t rank = arguments.size(3);
  StridedIterator iterator(arguments.doubles(2, times(rank, 3)), rank, 2);
  if (iterator.count() == 0) return nullptr;
  const Type type = arguments.numbers(0).type;
  const char* from = start(arguments, 0, type, arguments.size(4), iterator, 0);
  char* to = start(arguments, 1, type, arguments.size(5), iterator, 1);
  iterator.simplify(2);
  // A transposition reads along another dimension than it writes: that goes next to last, so that planes have both.
  const size_t last = iterator.rank - 1;
  if (iterator.step[last][0] != 1)
    for (size_t d = 0; d + 1 < last; d++)
      if (iterator.step[d][0] == 1) {
        std::swap(iterator.size[d], iterator.size[last - 1]);
        std::swap(iterator.step[d], iterator.step[last - 1]);
        break;
      }
  const ptrdiff_t bytes = static_cast<ptrdiff_t>(bytes_of(type));
  iterator.each_plane(*addon.pool, grain, [&](const ptrdiff_t* offsets, size_t rows, size_t n) {
    addon.kernels->copy({from + offsets[0] * bytes, to + offsets[1] * bytes, static_cast<size_t>(bytes), rows, n,
                         iterator.step[last - 1][0], iterator.step[last - 1][1], iterator.step[last][0], iterator.step[last][1]});
  });
  return nullptr;
}

void check_indices(const int32_t* indices, size_t count, size_t below) {
  for (size_t i = 0; i < count; i++)
    if (indices[i] < 0 || static_cast<size_t>(indices[i]) >= below)
      throw Failure{Failure::range, "GatherV2: the index value " + std::to_string(indices[i]) + " is not in [0, " +
                                        std::to_string(static_cast<int64_t>(below) - 1) + "]"};
}

/** gather(x, indices, out, batch, outer, dim, count, slice): x [batch, outer, dim, slice], indices [batch, count]. */
napi_value gather(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t batch = arguments.size(3), outer = arguments.size(4), dim = arguments.size(5), count = arguments.size(6),
               slice = arguments.size(7);
  const Numbers x = arguments.numbers(0);
  const size_t planes = times(batch, outer);
  arguments.numbers(0, x.type, times(planes, dim, slice));
  const int32_t* indices = arguments.ints(1, times(batch, count));
  const Numbers out = arguments.numbers(2, x.type, times(planes, count, slice));
  check_indices(indices, batch * count, dim);
  if (times(planes, count, slice) == 0) return nullptr; // no array vouches for the other sizes
  const size_t bytes = slice * bytes_of(x.type);
  const char* from = static_cast<const char*>(x.data);
  char* to = static_cast<char*>(out.data);
  each_range(*addon.pool, planes * count, std::max<size_t>(1, grain / std::max<size_t>(1, slice)),
             [&](size_t first, size_t end) {
               while (first < end) {
                 const size_t plane = first / count, at = first % count, some = std::min(end - first, count - at);
                 addon.kernels->gather_slices(from + plane * dim * bytes, indices + plane / outer * count + at, some, bytes,
                                              to + first * bytes);
                 first += some;
               }
             });
  return nullptr;
}

/** segmentSum(x, segments, out, n, count, slice): x [n, slice], out [count, slice]; ids of no segment are left out. */
napi_value segment_sum(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t n = arguments.size(3), count = arguments.size(4), slice = arguments.size(5);
  const float* x = arguments.floats(0, times(n, slice));
  const int32_t* segments = arguments.ints(1, n);
  float* out = arguments.floats(2, times(count, slice));
  if (times(count, slice) == 0) return nullptr;
  const auto inside = [&](int32_t id) { return id >= 0 && static_cast<size_t>(id) < count; };
  // Sorted by segment, each segment's rows in order: one thread sums each, so the bits do not depend on threads.
  std::vector<size_t> ends(count + 1, 0);
  for (size_t i = 0; i < n; i++)
    if (inside(segments[i])) ends[static_cast<size_t>(segments[i]) + 1]++;
  for (size_t segment = 0; segment < count; segment++) ends[segment + 1] += ends[segment];
  std::vector<size_t> rows(ends[count]);
  for (size_t i = 0; i < n; i++) // moves every start to its segment's end
    if (inside(segments[i])) rows[ends[static_cast<size_t>(segments[i])]++] = i;
  each_range(*addon.pool, count, std::max<size_t>(1, count * grain / std::max<size_t>(1, n * slice)),
             [&](size_t from, size_t end) {
               double sums[256];
               for (size_t segment = from; segment < end; segment++)
                 for (size_t first = 0; first < slice; first += 256) {
                   const size_t width = std::min<size_t>(256, slice - first);
                   std::fill(sums, sums + width, 0.0);
                   for (size_t i = segment == 0 ? 0 : ends[segment - 1]; i < ends[segment]; i++)
                     for (size_t j = 0; j < width; j++) sums[j] += x[rows[i] * slice + first + j];
                   for (size_t j = 0; j < width; j++) out[segment * slice + first + j] = static_cast<float>(sums[j]);
                 }
             });
  return nullptr;
}

/** oneHot(indices, out, n, depth, on, off): out [n, depth]. */
napi_value one_hot(const Arguments& arguments) {
  const size_t n = arguments.size(2), depth = arguments.size(3);
  const int32_t* indices = arguments.ints(0, n);
  const Numbers out = arguments.numbers(1);
  arguments.numbers(1, out.type, times(n, depth));
  const double on = arguments.number(4), off = arguments.number(5);
  const auto write = [&](auto* to) {
    using T = std::remove_pointer_t<decltype(to)>;
    std::fill(to, to + n * depth, static_cast<T>(off));
    for (size_t i = 0; i < n; i++)
      if (indices[i] >= 0 && static_cast<size_t>(indices[i]) < depth)
        to[i * depth + static_cast<size_t>(indices[i])] = static_cast<T>(on);
  };
  const auto fits = [&](double least, double most) {
    for (const double x : {on, off})
      if (!(x >= least && x <= most)) throw Failure{Failure::range, "oneHot's values do not fit its type"};
  };
  switch (out.type) {
    case float32: write(static_cast<float*>(out.data)); break;
    case int32: fits(INT32_MIN, INT32_MAX), write(static_cast<int32_t*>(out.data)); break;
    case uint8: fits(0, 255), write(static_cast<uint8_t*>(out.data)); break;
  }
  return nullptr;
}

} // namespace

void define_copies(napi_env env, napi_value exports) {
  define(env, exports, "copy", copy);
  define(env, exports, "gather", gather);
  define(env, exports, "segmentSum", segment_sum);
  define(env, exports, "oneHot", one_hot);
}
