// Lookups in tables as they are stored to be served.
#include <algorithm>

#include "arguments.h"

namespace {

/** Bytes of all floats: see harness/contract/storage.ts. */
size_t bytes_of(size_t bits, size_t block, size_t floats) {
  if (bits == 16) return times(2, floats);
  const size_t in_byte = 8 / bits, header = bits == 8 ? 8 : 4;
  const size_t rest = floats % block;
  const size_t last = rest == 0 ? 0 : (rest + in_byte - 1) / in_byte + header;
  return times(floats / block, (block + in_byte - 1) / in_byte + header) + last;
}

/** gatherStored(bytes, bits, block, rows, stride, width, indices, out): out is [indices, width]. */
napi_value gather_stored(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t bits = arguments.size(1), block = arguments.size(2);
  if (bits != 2 && bits != 4 && bits != 8 && bits != 16) throw Failure{Failure::range, "bits are 2, 4, 8 or 16"};
  const size_t rows = arguments.size(3), stride = arguments.size(4), width = arguments.size(5);
  if (rows == 0 || rows >= no_row || stride == 0 || stride > width || block == 0)
    throw Failure{Failure::range, "no such table"};
  const size_t floats = times(rows - 1, stride) + width;
  if (floats < width) throw Failure{Failure::range, "no such table"};
  const size_t size = bytes_of(bits, block, floats);
  const auto* bytes = static_cast<const uint8_t*>(arguments.numbers(0, uint8, size).data);
  size_t n;
  const uint32_t* indices = arguments.indices(6, n);
  float* out = arguments.floats(7, times(n, width));
  const size_t outside = addon.kernels->first_outside(indices, n, rows);
  if (outside < n)
    throw Failure{Failure::range, "row " + std::to_string(indices[outside]) + " is outside a table of " +
                                      std::to_string(rows) + " rows"};
  const StoredFloats stored{bytes, size, bits, block, floats};
  const size_t parts = std::max<size_t>(1, std::min<size_t>(4 * addon.pool->threads(), n / 512));
  addon.pool->each(parts, [&](size_t part) {
    const size_t from = n * part / parts, to = n * (part + 1) / parts;
    addon.kernels->gather_stored(stored, stride, width, indices + from, to - from, out + from * width);
  });
  return nullptr;
}

} // namespace

void define_stored_rows(napi_env env, napi_value exports) { define(env, exports, "gatherStored", gather_stored); }
