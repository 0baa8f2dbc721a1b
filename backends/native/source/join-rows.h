// Rows looked up and put together (harness/ops/join-rows.ts): from their table to their place, a few samples at a time. Sums are those
// of join-fields.h, in the same order.
#pragma once

#include "join-fields.h"
#include "rows.h"
#include "stored-rows.h"

namespace {

/** Rows that are decoded at the same time. */
constexpr size_t decoded_together = searches;
/** Samples whose vectors stay in the first-level cache while all groups are added. */
constexpr size_t samples_together = 8;

size_t join_scratch(const RowGroup* groups, size_t count) {
  size_t most = 0;
  for (size_t i = 0; i < count; i++)
    if (groups[i].floats == nullptr) most = groups[i].width > most ? groups[i].width : most;
  return decoded_together * most;
}

/** to += row, `n` floats. */
inline void add_row(float* to, const float* row, size_t n) {
  size_t j = 0;
  for (; j + lanes <= n; j += lanes) store(to + j, load(to + j) + load(row + j));
  if (j == n) return;
  const FirstLanes rest(n - j);
  rest.store(to + j, rest.load(to + j) + rest.load(row + j));
}

/** to += row matrix, [width] times [width, dim]. */
inline void add_product(float* to, const float* row, const float* matrix, size_t width, size_t dim) {
  size_t j = 0;
  for (; j + lanes <= dim; j += lanes) {
    Vector sum = load(to + j);
    for (size_t k = 0; k < width; k++) sum += load(matrix + k * dim + j) * row[k];
    store(to + j, sum);
  }
  if (j == dim) return;
  const FirstLanes rest(dim - j);
  Vector sum = rest.load(to + j);
  for (size_t k = 0; k < width; k++) sum += rest.load(matrix + k * dim + j) * row[k];
  rest.store(to + j, sum);
}

/** An entry that has a row. */
struct Found {
  uint32_t entry, place, row; // of a sample; of the block of samples; of the table
};

/** The entries of a few samples that have a row; `found` has room for all. Returns how many. */
inline size_t find_rows(const RowGroup& group, size_t entries, size_t first, size_t samples, size_t vectors, Found* found) {
  const uint32_t* index = group.indices + first * entries;
  size_t n = 0;
  for (size_t sample = 0; sample < samples; sample++)
    for (size_t entry = 0; entry < entries; entry++, index++) {
      found[n] = {static_cast<uint32_t>(entry), static_cast<uint32_t>(sample * vectors), *index};
      n += *index != no_row;
    }
  return n;
}

/** Adds rows that lie where `row_of` says. */
template <class RowOf>
inline void add_rows(const RowGroup& group, const Found* found, size_t n, const RowOf& row_of, float* y, size_t dim) {
  for (size_t i = 0; i < n; i++) {
    const size_t entry = found[i].entry;
    float* to = y + found[i].place + group.place[entry];
    const float* row = row_of(i);
    if (group.matrices != nullptr) add_product(to, row, group.matrices + entry * group.width * dim, group.width, dim);
    else add_row(to, row, group.room[entry]);
  }
}

/** Rows by the codes of an id, of `width` floats each; 0: of any width. False if a code is outside. */
template <size_t width>
inline bool add_codewords(const RowGroup& group, size_t first, size_t samples, float* y, size_t vectors) {
  constexpr size_t near = 8;
  const uint32_t* positions = group.indices + first * group.members;
  const size_t n = samples * group.members;
  if (n == 0) return true;
  bool inside = true;
  size_t member = 0, member_ahead = near % group.members;
  for (size_t i = 0; i < n; i++, member++, member_ahead++) {
    if (member == group.members) member = 0, y += vectors;
    if (member_ahead == group.members) member_ahead = 0;
    if (i + near < n && positions[i + near] != no_row) {
      const RowCode* code = group.codes + member_ahead * group.pieces;
      for (size_t piece = 0; piece < group.pieces; piece++, code++)
        if (code->entries != nullptr) prefetch(code->entries + code->start + positions[i + near]);
    }
    const size_t position = positions[i];
    if (position == no_row) continue;
    const size_t entry = member * group.pieces;
    for (size_t piece = 0; piece < group.pieces; piece++) {
      const RowCode& code = group.codes[entry + piece];
      size_t row = code.offset;
      if (code.entries != nullptr) {
        if (position >= code.length - code.start) return false;
        row += code.entries[code.start + position];
      }
      inside &= row < group.rows;
      if (!inside) return false;
      const float* from = group.floats + row * group.stride;
      float* to = y + group.place[entry + piece];
      if (width > 0 && group.room[entry + piece] == width)
        for (size_t k = 0; k < width; k++) to[k] += from[k];
      else add_row(to, from, group.room[entry + piece]);
    }
  }
  return inside;
}

/** Most entries of a few samples that are found at once. */
constexpr size_t found_together = 1024;

/** Adds a group's rows of a few samples: `vectors` floats of y each. */
inline bool add_group(const RowGroup& group, size_t first, size_t samples, float* y, size_t vectors, size_t dim,
                      float* scratch) {
  if (group.codes != nullptr) {
    switch (group.width) {
      case 1: return add_codewords<1>(group, first, samples, y, vectors);
      case 2: return add_codewords<2>(group, first, samples, y, vectors);
      case 4: return add_codewords<4>(group, first, samples, y, vectors);
      case 8: return add_codewords<8>(group, first, samples, y, vectors);
      default: return add_codewords<0>(group, first, samples, y, vectors);
    }
  }
  const size_t entries = group.entries();
  Found found[found_together];
  if (entries > found_together / samples) {
    // A sample with very many entries, piece by piece.
    for (size_t sample = 0; sample < samples; sample++)
      for (size_t from = 0; from < entries; from += found_together) {
        const size_t some = min_size(found_together, entries - from);
        RowGroup part = group;
        part.place += from, part.room += from;
        if (part.matrices != nullptr) part.matrices += from * group.width * dim;
        if (part.indices != nullptr) part.indices += (first + sample) * entries + from;
        else part.floats += ((first + sample) * entries + from) * group.width;
        part.members = some, part.pieces = 1;
        if (!add_group(part, 0, 1, y + sample * vectors, vectors, dim, scratch)) return false;
      }
    return true;
  }
  if (group.indices == nullptr) {
    size_t i = 0;
    for (uint32_t sample = 0; sample < samples; sample++)
      for (uint32_t entry = 0; entry < entries; entry++, i++)
        found[i] = {entry, sample * static_cast<uint32_t>(vectors), static_cast<uint32_t>(i)};
    const float* rows = group.floats + first * entries * group.width;
    add_rows(group, found, samples * entries, [&](size_t i) { return rows + i * group.width; }, y, dim);
    return true;
  }
  const size_t n = find_rows(group, entries, first, samples, vectors, found);
  if (group.floats != nullptr) {
    const auto row_of = [&](size_t i) {
      if (i + ahead < n) prefetch_span(group.floats + found[i + ahead].row * group.stride, group.width);
      return group.floats + found[i].row * group.stride;
    };
    add_rows(group, found, n, row_of, y, dim);
    return true;
  }
  uint32_t index[decoded_together];
  for (size_t from = 0; from < n; from += decoded_together) {
    const size_t some = min_size(decoded_together, n - from);
    for (size_t i = 0; i < some; i++) index[i] = found[from + i].row;
    gather_stored(group.stored, group.stride, group.width, index, some, scratch);
    add_rows(group, found + from, some, [&](size_t i) { return scratch + i * group.width; }, y, dim);
  }
  return true;
}

bool join_rows(const RowGroup* groups, size_t count, size_t first, size_t samples, float* y, size_t fields, size_t dim,
               float* scratch) {
  for (size_t done = 0; done < samples; done += samples_together) {
    const size_t some = min_size(samples_together, samples - done);
    float* to = y + done * fields * dim;
    zero_span(to, some * fields * dim);
    for (size_t i = 0; i < count; i++)
      if (groups[i].entries() > 0 && !add_group(groups[i], first + done, some, to, fields * dim, dim, scratch))
        return false;
  }
  return true;
}

} // namespace
