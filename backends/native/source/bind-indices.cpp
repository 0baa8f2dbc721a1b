// Index arithmetic. Operands are repeated until a stretch of them is worth whole vectors.
#include <algorithm>
#include <vector>

#include "arguments.h"

namespace {

constexpr size_t min_per_part = 16384;

/** An operand per field, for `rows` rows at a time. */
std::vector<uint32_t> repeated(const uint32_t* operands, size_t fields, size_t rows) {
  std::vector<uint32_t> all;
  all.reserve(fields * rows);
  for (size_t i = 0; i < rows; i++) all.insert(all.end(), operands, operands + fields);
  return all;
}

constexpr size_t rows_together = 16;

/** Cuts rows into parts of whole groups. */
template <class Task>
void each_rows(ThreadPool& pool, size_t rows, size_t width, const Task& task) {
  const size_t groups = (rows + rows_together - 1) / rows_together;
  const size_t parts = std::max<size_t>(1, std::min<size_t>(groups, std::min<size_t>(4 * pool.threads(), rows * width / min_per_part)));
  pool.each(parts, [&](size_t part) {
    const size_t from = groups * part / parts * rows_together;
    const size_t to = std::min(rows, groups * (part + 1) / parts * rows_together);
    task(from, to - from);
  });
}

size_t rows_of(size_t n, size_t fields) {
  if (fields == 0 ? n > 0 : n % fields != 0) throw Failure{Failure::range, "indices are not whole rows of the fields"};
  return fields == 0 ? 0 : n / fields;
}

void same_length(size_t a, size_t b) {
  if (a != b) throw Failure{Failure::range, "arrays of indices differ in length"};
}

IndexOperation operation_named(const std::string& name) {
  if (name == "plus") return IndexOperation::plus;
  if (name == "div") return IndexOperation::div;
  if (name == "mod") return IndexOperation::mod;
  if (name == "and") return IndexOperation::bits;
  if (name == "hash") return IndexOperation::hash;
  throw Failure{Failure::type, "there is no index operation named " + name};
}

/** applyToIndices(operation, values, operands, out) */
napi_value apply_to_indices(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const IndexOperation operation = operation_named(arguments.text(0));
  size_t n, fields, out_n;
  const uint32_t* values = arguments.indices(1, n);
  const uint32_t* operands = arguments.indices(2, fields);
  uint32_t* out = arguments.indices(3, out_n);
  same_length(n, out_n);
  const size_t rows = rows_of(n, fields);
  if (operation == IndexOperation::div || operation == IndexOperation::mod)
    for (size_t f = 0; f < fields; f++)
      if (operands[f] == 0) throw Failure{Failure::range, "a divisor is zero"};
  const auto all = repeated(operands, fields, rows_together);
  each_rows(*addon.pool, rows, fields, [&](size_t from, size_t count) {
    addon.kernels->apply_to_indices(operation, values + from * fields, count * fields, all.data(), all.size(),
                                    out + from * fields);
  });
  return nullptr;
}

/** indicesWithin(values, from, to, out) */
napi_value indices_within(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  size_t n, fields, end_fields, out_n;
  const uint32_t* values = arguments.indices(0, n);
  const uint32_t* first = arguments.indices(1, fields);
  const uint32_t* end = arguments.indices(2, end_fields);
  uint32_t* out = arguments.indices(3, out_n);
  same_length(n, out_n);
  same_length(fields, end_fields);
  const size_t rows = rows_of(n, fields);
  const auto firsts = repeated(first, fields, rows_together), ends = repeated(end, fields, rows_together);
  each_rows(*addon.pool, rows, fields, [&](size_t from, size_t count) {
    addon.kernels->indices_within(values + from * fields, count * fields, firsts.data(), ends.data(), firsts.size(),
                                  out + from * fields);
  });
  return nullptr;
}

/** pickColumns(values, fields, columns, out) */
napi_value pick_columns(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  size_t n, count, out_n;
  const uint32_t* values = arguments.indices(0, n);
  const size_t fields = arguments.size(1);
  const uint32_t* columns = arguments.indices(2, count);
  uint32_t* out = arguments.indices(3, out_n);
  const size_t rows = rows_of(n, fields);
  same_length(times(rows, count), out_n);
  for (size_t k = 0; k < count; k++)
    if (columns[k] >= fields) throw Failure{Failure::range, "a column is outside of the fields"};
  each_rows(*addon.pool, rows, count, [&](size_t from, size_t some) {
    addon.kernels->pick_columns(values + from * fields, some, fields, columns, count, out + from * count);
  });
  return nullptr;
}

/** chooseIndices(here, values, others, out): here is 0 or 1 for each field. */
napi_value choose_indices(const Arguments& arguments) {
  size_t fields, n, others_n, out_n;
  const uint32_t* here = arguments.indices(0, fields);
  const uint32_t* values = arguments.indices(1, n);
  const uint32_t* others = arguments.indices(2, others_n);
  uint32_t* out = arguments.indices(3, out_n);
  same_length(n, others_n);
  same_length(n, out_n);
  const size_t rows = rows_of(n, fields);
  each_rows(*arguments.addon().pool, rows, fields, [&](size_t from, size_t count) {
    for (size_t row = from; row < from + count; row++)
      for (size_t f = 0; f < fields; f++) {
        const size_t i = row * fields + f;
        out[i] = here[f] != 0 ? values[i] : others[i];
      }
  });
  return nullptr;
}

/** indicesThrough(values, map, out) */
napi_value indices_through(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  size_t n, entries, out_n;
  const uint32_t* values = arguments.indices(0, n);
  const uint32_t* map = arguments.indices(1, entries);
  uint32_t* out = arguments.indices(2, out_n);
  same_length(n, out_n);
  const size_t outside = addon.kernels->first_outside(values, n, entries);
  if (outside < n)
    throw Failure{Failure::range, "index " + std::to_string(values[outside]) + " is outside a map of " +
                                      std::to_string(entries) + " entries"};
  each_rows(*addon.pool, n, 1, [&](size_t from, size_t count) {
    constexpr size_t ahead = 16; // maps are as long as there are ids: entries are far apart
    for (size_t i = from; i < from + count; i++) {
      if (i + ahead < n && values[i + ahead] != no_row) __builtin_prefetch(map + values[i + ahead]);
      out[i] = values[i] == no_row ? no_row : map[values[i]];
    }
  });
  return nullptr;
}

/** A program, checked: see IndexLoops.evaluate. */
struct IndexProgram {
  std::vector<IndexColumn> columns;
  std::vector<IndexStep> steps;
  std::vector<IndexMap> maps;

  IndexProgram(const Arguments& arguments, size_t fields) {
    for (napi_value map : arguments.elements(3)) {
      size_t length;
      const uint32_t* entries = indices_of(arguments.env(), map, length);
      maps.push_back({entries, length});
    }
    size_t length;
    const uint32_t* words = arguments.indices(2, length);
    for (size_t at = 0; at < length;) {
      if (length - at < 2 || words[at] >= fields || (length - at - 2) / 3 < words[at + 1])
        throw Failure{Failure::range, "no such program of indices"};
      columns.push_back({words[at], steps.size(), words[at + 1]});
      at += 2;
      for (size_t i = 0; i < columns.back().count; i++, at += 3) {
        if (words[at] > static_cast<uint32_t>(IndexOperation::through))
          throw Failure{Failure::range, "no such program of indices"};
        const IndexStep step{static_cast<IndexOperation>(words[at]), words[at + 1], words[at + 2]};
        const bool divides = step.operation == IndexOperation::div || step.operation == IndexOperation::mod;
        if (divides && step.operand == 0) throw Failure{Failure::range, "a divisor is zero"};
        if (step.operation == IndexOperation::through && step.operand >= maps.size())
          throw Failure{Failure::range, "a program has fewer maps than it asks for"};
        steps.push_back(step);
      }
    }
  }
};

/** The program of the first five arguments: values, fields, words, maps, columns. */
napi_value evaluate(const Arguments& arguments, const IndexScale* scale) {
  Addon& addon = arguments.addon();
  size_t n, out_n;
  const size_t fields = arguments.size(1), columns = arguments.size(4);
  const IndexProgram program(arguments, fields);
  const uint32_t* values = arguments.indices(0, n);
  if (program.columns.size() != columns) throw Failure{Failure::range, "a program has other columns"};
  const size_t rows = rows_of(n, fields), count = times(rows, columns);
  uint32_t* out;
  if (scale) out = reinterpret_cast<uint32_t*>(arguments.floats(7, count));
  else {
    out = arguments.indices(5, out_n);
    same_length(count, out_n);
  }
  struct Outside {
    uint32_t index, map;
    bool found = false;
  };
  // Parts are some columns of some rows, and together as large as pays for a thread.
  const size_t rows_at_once = std::max<size_t>(256, min_per_part / std::max<size_t>(1, columns));
  const size_t columns_at_once = 64;
  const size_t across = (columns + columns_at_once - 1) / columns_at_once;
  const size_t parts = (rows + rows_at_once - 1) / rows_at_once * across;
  std::vector<Outside> found(parts);
  addon.pool->each(parts, [&](size_t part) {
    const size_t from = part / across * rows_at_once, first = part % across * columns_at_once;
    Outside one;
    one.found = !addon.kernels->evaluate_indices(values + from * fields, std::min(rows - from, rows_at_once), fields,
                                                 program.columns.data() + first, std::min(columns - first, columns_at_once),
                                                 program.steps.data(), program.maps.data(), scale, out + from * columns + first,
                                                 columns, &one.index, &one.map);
    if (one.found) found[part] = one;
  });
  for (const Outside& one : found)
    if (one.found)
      throw Failure{Failure::range, "index " + std::to_string(one.index) + " is outside a map of " +
                                        std::to_string(program.maps[one.map].length) + " entries"};
  return nullptr;
}

/** evaluateIndices(values, fields, words, maps, columns, out) */
napi_value evaluate_indices(const Arguments& arguments) {
  return evaluate(arguments, nullptr);
}

/** evaluateToFloats(values, fields, words, maps, columns, times, plus, out) */
napi_value evaluate_to_floats(const Arguments& arguments) {
  const IndexScale scale{static_cast<float>(arguments.number(5)), static_cast<float>(arguments.number(6))};
  return evaluate(arguments, &scale);
}

} // namespace

void define_indices(napi_env env, napi_value exports) {
  define(env, exports, "applyToIndices", apply_to_indices);
  define(env, exports, "indicesWithin", indices_within);
  define(env, exports, "pickColumns", pick_columns);
  define(env, exports, "chooseIndices", choose_indices);
  define(env, exports, "indicesThrough", indices_through);
  define(env, exports, "evaluateIndices", evaluate_indices);
  define(env, exports, "evaluateToFloats", evaluate_to_floats);
}
