// Lookups in tables as they are stored to be served, and rows of any kind put together.
#include <algorithm>
#include <atomic>
#include <cstring>

#include "parts.h"
#include "strided-iterator.h"
#include "transposed-matrices.h"
#include "table.h"

namespace {

size_t ceil_div(size_t a, size_t b) { return a / b + (a % b > 0); }

/** Bytes of blocks whose codes are followed by so many bytes. */
size_t blocks_of(const StoredFloats& stored, size_t scale) {
  const size_t rest = stored.floats % stored.block;
  const size_t last = rest == 0 ? 0 : ceil_div(times(rest, stored.bits), 8) + scale;
  return times(stored.floats / stored.block, ceil_div(times(stored.block, stored.bits), 8) + scale) + last;
}

/** Bytes of all floats: see harness/contract/storage.ts. */
size_t bytes_of(const StoredFloats& stored) {
  const size_t floats = stored.floats, bits = stored.bits;
  switch (stored.form) {
    case StoredForm::halves: return times(2, floats);
    case StoredForm::grid: return ceil_div(times(floats, bits), 8);
    case StoredForm::bitmap: return ceil_div(floats, 8) + times(4, ceil_div(floats, 512)) + times(4, stored.block);
    case StoredForm::list: return ceil_div(times(stored.block, bits), 8) + times(4, stored.block);
    case StoredForm::floats8: return stored.step == 0 ? floats : floats + 4;
    case StoredForm::shared_exponents: return blocks_of(stored, 1);
    case StoredForm::normal_floats: {
      const size_t blocks = ceil_div(floats, stored.block), bytes = blocks_of(stored, stored.scale_bytes);
      return stored.scale_bytes > 1 ? bytes : bytes + times(4, ceil_div(blocks, scales_together) + 1);
    }
    case StoredForm::row_wise: break;
  }
  const size_t in_byte = 8 / bits, header = bits == 8 ? 8 : 4;
  const size_t rest = floats % stored.block;
  const size_t last = rest == 0 ? 0 : ceil_div(rest, in_byte) + header;
  return times(floats / stored.block, ceil_div(stored.block, in_byte) + header) + last;
}

size_t whole(double number) {
  if (!(number >= 0) || number > 9007199254740992.0 || number != static_cast<double>(static_cast<size_t>(number)))
    throw Failure{Failure::range, "no such table"};
  return static_cast<size_t>(number);
}

/**
 * A form of seven numbers: kind, bits, block (of sparse floats their number), rows, stride, step (of 8-bit floats:
 * not 0 if a scale of all is behind them), element or bytes of a scale.
 */
constexpr size_t form_numbers = 7;

struct Form {
  StoredFloats stored;
  size_t rows, stride;

  Form(const double* numbers, size_t width, const uint8_t* bytes, size_t length) {
    const size_t kind = whole(numbers[0]);
    stored.bits = whole(numbers[1]), stored.block = whole(numbers[2]);
    rows = whole(numbers[3]), stride = whole(numbers[4]);
    stored.step = numbers[5];
    if (kind > static_cast<size_t>(StoredForm::normal_floats)) throw Failure{Failure::range, "no such form of a table"};
    stored.form = static_cast<StoredForm>(kind);
    const size_t bits = stored.bits;
    const bool row_wise = stored.form == StoredForm::row_wise, halves = stored.form == StoredForm::halves;
    if (row_wise ? bits != 2 && bits != 4 && bits != 8 : !halves && (bits < 1 || bits > 32))
      throw Failure{Failure::range, "a table has no codes of so many bits"};
    const bool blocks = stored.form == StoredForm::shared_exponents || stored.form == StoredForm::normal_floats;
    detail(whole(numbers[6]));
    if (rows == 0 || rows >= no_row || stride == 0 || stride > width || ((row_wise || blocks) && stored.block == 0))
      throw Failure{Failure::range, "no such table"};
    stored.floats = times(rows - 1, stride) + width;
    if (stored.floats < width) throw Failure{Failure::range, "no such table"};
    stored.size = bytes_of(stored);
    if (length < stored.size) throw Failure{Failure::range, "a stored table has too few bytes"};
    stored.bytes = bytes;
    if (stored.form == StoredForm::floats8) {
      float scale = 1;
      if (stored.step != 0) std::memcpy(&scale, bytes + stored.floats, sizeof scale);
      stored.step = scale;
    }
  }

 private:
  /** Bits that are not those of the element or of normal floats, and scales of other sizes, would be read past the end. */
  void detail(size_t number) {
    stored.element = Element::e4m3;
    stored.scale_bytes = 0;
    if (stored.form == StoredForm::floats8 || stored.form == StoredForm::shared_exponents) {
      constexpr size_t bits[] = {8, 8, 6, 6, 4, 8};
      const size_t most = stored.form == StoredForm::floats8 ? 2 : 6;
      if (number >= most || stored.bits != bits[number]) throw Failure{Failure::range, "no such element of a table"};
      stored.element = static_cast<Element>(number);
    } else if (stored.form == StoredForm::normal_floats) {
      if (stored.bits != 4 || (number != 1 && number != 2 && number != 4))
        throw Failure{Failure::range, "no such scales of a table"};
      stored.scale_bytes = number;
    }
  }
};

void check_rows(Addon& addon, const uint32_t* indices, size_t n, size_t rows) {
  const size_t outside = addon.kernels->first_outside(indices, n, rows);
  if (outside < n)
    throw Failure{Failure::range, "row " + std::to_string(indices[outside]) + " is outside a table of " +
                                      std::to_string(rows) + " rows"};
}

void mark(Addon& addon, StoredFloats& stored, std::vector<uint32_t>& marks) {
  if (stored.form != StoredForm::list) return;
  marks.resize(list_marks);
  addon.kernels->mark_list(stored, marks.data());
  stored.marks = marks.data();
}

/** gatherStored(bytes, form, width, indices, out): out is [indices, width]. */
napi_value gather_stored(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Numbers bytes = arguments.numbers(0, uint8, 0);
  const size_t width = arguments.size(2);
  Form form(arguments.doubles(1, form_numbers), width, static_cast<const uint8_t*>(bytes.data), bytes.length);
  size_t n;
  const uint32_t* indices = arguments.indices(3, n);
  float* out = arguments.floats(4, times(n, width));
  check_rows(addon, indices, n, form.rows);
  std::vector<uint32_t> marks;
  mark(addon, form.stored, marks);
  const size_t parts = std::max<size_t>(1, std::min<size_t>(4 * addon.pool->threads(), n / 512));
  addon.pool->each(parts, [&](size_t part) {
    const size_t from = n * part / parts, to = n * (part + 1) / parts;
    addon.kernels->gather_stored(form.stored, form.stride, width, indices + from, to - from, out + from * width);
  });
  return nullptr;
}

const uint32_t* members_of(const Arguments& arguments, napi_value value, size_t fields, size_t& count) {
  const uint32_t* members = indices_of(arguments.env(), value, count);
  for (size_t member = 0; member < count; member++)
    if (members[member] >= fields) throw Failure{Failure::range, "a member's field is outside of the fields"};
  return members;
}

/** The places that a sample's rows go to, and the codes that they are found by. */
struct Places {
  std::vector<uint32_t> place, room;
  std::vector<RowCode> codes;
  std::vector<uint32_t> marks; // of a list

  Places(const RowGroup& group, size_t dim) {
    for (size_t member = 0; member < group.members; member++)
      for (size_t piece = 0; piece < group.pieces; piece++) {
        const size_t from = std::min(times(piece, group.width), dim);
        place.push_back(static_cast<uint32_t>(group.field[member] * dim + from));
        room.push_back(static_cast<uint32_t>(std::min(group.width, dim - from)));
      }
  }
};

/** joinRows(parts, sizes, y, batch, fields, dim, maps): see addon.ts. */
napi_value join_rows(const Arguments& arguments) {
  constexpr size_t parts_each = 5, sizes_each = 2 + form_numbers, words_each = 3;
  Addon& addon = arguments.addon();
  const std::vector<napi_value> parts = arguments.elements(0);
  const std::vector<napi_value> map_values = arguments.elements(6);
  const size_t batch = arguments.size(3), fields = arguments.size(4), dim = arguments.size(5);
  const size_t count = parts.size() / parts_each;
  if (parts.size() % parts_each != 0) throw Failure{Failure::range, "five parts make a group"};
  if (times(fields, dim) > UINT32_MAX / 64) throw Failure{Failure::range, "vectors are too wide to be put together"};
  std::vector<IndexMap> maps;
  for (napi_value map : map_values) {
    size_t length;
    const uint32_t* entries = indices_of(arguments.env(), map, length);
    maps.push_back({entries, length});
  }
  const double* sizes = arguments.doubles(1, times(count, sizes_each));
  float* y = arguments.floats(2, times(batch, fields, dim));
  if (times(batch, fields, dim) == 0) return nullptr; // no array vouches for the other sizes
  std::vector<RowGroup> groups(count);
  std::vector<Places> places;
  places.reserve(count);
  for (size_t i = 0; i < count; i++, sizes += sizes_each) {
    const napi_value* part = &parts[i * parts_each];
    RowGroup& group = groups[i];
    group.width = whole(sizes[0]), group.pieces = whole(sizes[1]);
    if (group.width == 0 || group.pieces == 0) throw Failure{Failure::range, "rows have no width"};
    group.field = members_of(arguments, part[2], fields, group.members);
    const size_t of_sample = times(group.members, group.pieces), entries = times(batch, of_sample);
    // An array vouches for the sizes before anything is made of them.
    size_t there = 0;
    if (!is_missing(arguments.env(), part[1])) indices_of(arguments.env(), part[1], there);
    else floats_of(arguments.env(), part[0], times(entries, group.width)), there = entries;
    if (there < times(batch, group.members)) throw Failure{Failure::range, "a group has other indices than members"};
    if (!is_missing(arguments.env(), part[4])) {
      size_t words;
      indices_of(arguments.env(), part[4], words);
      if (words != times(of_sample, words_each)) throw Failure{Failure::range, "a group has other codes than members"};
    } else if (there != entries) {
      throw Failure{Failure::range, "a group has other indices than members"};
    }
    Places& own = places.emplace_back(group, dim);
    group.place = own.place.data(), group.room = own.room.data();
    if (!is_missing(arguments.env(), part[1])) {
      size_t n;
      group.indices = indices_of(arguments.env(), part[1], n);
      const Table* table = table_if(arguments.env(), part[0]);
      const bool coded = !is_missing(arguments.env(), part[4]);
      if (n != (coded ? times(batch, group.members) : entries))
        throw Failure{Failure::range, "a group has other indices than members"};
      if (coded) {
        if (table == nullptr || table->width() != group.width) throw Failure{Failure::range, "codes are of rows of a table"};
        size_t length;
        const uint32_t* words = indices_of(arguments.env(), part[4], length);
        if (length != times(of_sample, words_each)) throw Failure{Failure::range, "a group has other codes than members"};
        for (size_t entry = 0; entry < of_sample; entry++, words += words_each) {
          RowCode code{nullptr, 0, words[1], words[2]};
          if (words[0] != no_row) {
            if (words[0] >= maps.size() || words[1] > maps[words[0]].length)
              throw Failure{Failure::range, "codes are outside of their map"};
            code.entries = maps[words[0]].entries, code.length = maps[words[0]].length;
          }
          own.codes.push_back(code);
        }
        group.codes = own.codes.data(), group.rows = table->rows();
        group.floats = table->weights(), group.stride = table->stride();
      } else if (table != nullptr) {
        if (table->width() != group.width) throw Failure{Failure::range, "a table's rows have another width"};
        group.floats = table->weights(), group.stride = table->stride();
        check_rows(addon, group.indices, n, table->rows());
      } else {
        size_t length;
        const uint8_t* bytes = octets_of(arguments.env(), part[0], length);
        const Form form(sizes + 2, group.width, bytes, length);
        group.stored = form.stored, group.stride = form.stride;
        mark(addon, group.stored, own.marks);
        check_rows(addon, group.indices, n, form.rows);
      }
    } else {
      group.floats = floats_of(arguments.env(), part[0], times(entries, group.width));
    }
    if (!is_missing(arguments.env(), part[3])) {
      if (group.pieces != 1) throw Failure{Failure::range, "rows side by side have no matrices"};
      group.matrices = floats_of(arguments.env(), part[3], times(group.members, group.width, dim));
    }
  }
  const size_t scratch = addon.kernels->join_scratch(groups.data(), count);
  std::atomic<bool> inside{true};
  each_part(addon, batch, scratch, [&](size_t from, size_t samples, float* own) {
    if (!addon.kernels->join_rows(groups.data(), count, from, samples, y + from * fields * dim, fields, dim, own))
      inside = false;
  });
  if (!inside) throw Failure{Failure::range, "a code is outside of its map, or of the table"};
  return nullptr;
}

/** joinRowsGradRows(dy, matrices?, indices, dx, field, batch, width, pieces, fields, dim) */
napi_value join_rows_grad_rows(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t batch = arguments.size(5), fields = arguments.size(8), dim = arguments.size(9);
  RowGroup group;
  group.width = arguments.size(6), group.pieces = arguments.size(7);
  group.field = members_of(arguments, arguments.value(4), fields, group.members);
  size_t n;
  group.indices = arguments.indices(2, n);
  if (n != times(batch, times(group.members, group.pieces)))
    throw Failure{Failure::range, "a group has other indices than members"};
  const float* dy = arguments.floats(0, times(batch, fields, dim));
  const float* matrices = arguments.optional_floats(1, times(group.members, group.width, dim));
  float* dx = arguments.floats(3, times(n, group.width));
  if (matrices != nullptr && group.pieces != 1) throw Failure{Failure::range, "rows side by side have no matrices"};
  if (n == 0 || group.width == 0) return nullptr;
  const float* transposed = matrices == nullptr ? nullptr : transposed_matrices(addon, matrices, group.members, group.width, dim);
  each_range(*addon.pool, batch, std::max<size_t>(1, 16384 / std::max<size_t>(1, n / batch * group.width)),
             [&](size_t from, size_t end) {
    addon.kernels->join_rows_grad(group, dy + from * fields * dim, transposed, from, end - from, fields, dim,
                                  dx + from * group.entries() * group.width);
  });
  return nullptr;
}

/** joinRowsGradMatrices(table, indices, dy, dMatrices, field, batch, fields, dim): a member is one thread's, samples in order. */
napi_value join_rows_grad_matrices(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Table& table = arguments.table(0);
  const size_t batch = arguments.size(5), fields = arguments.size(6), dim = arguments.size(7);
  RowGroup group;
  group.floats = table.weights(), group.stride = table.stride(), group.width = table.width(), group.pieces = 1;
  group.field = members_of(arguments, arguments.value(4), fields, group.members);
  size_t n;
  group.indices = arguments.indices(1, n);
  if (n != times(batch, group.members)) throw Failure{Failure::range, "a group has other indices than members"};
  check_rows(addon, group.indices, n, table.rows());
  const float* dy = arguments.floats(2, times(batch, fields, dim));
  float* matrices = arguments.floats(3, times(group.members, group.width, dim));
  const size_t matrix = times(group.width, dim), floats = (matrix + 15) / 16 * 16;
  if (group.members == 0 || matrix == 0) return nullptr;
  addon.scratch.require(times(group.members, floats, sizeof(float)));
  each_range(*addon.pool, group.members, 1, [&](size_t from, size_t end) {
    for (size_t i = from; i < end; i++)
      addon.kernels->join_rows_grad_matrix(group, i, dy, matrices + i * matrix, batch, fields, dim,
                                           addon.scratch.floats() + i * floats);
  });
  return nullptr;
}

} // namespace

void define_stored_rows(napi_env env, napi_value exports) {
  define(env, exports, "gatherStored", gather_stored);
  define(env, exports, "joinRows", join_rows);
  define(env, exports, "joinRowsGradRows", join_rows_grad_rows);
  define(env, exports, "joinRowsGradMatrices", join_rows_grad_matrices);
}
