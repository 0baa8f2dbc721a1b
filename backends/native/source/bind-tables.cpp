// Tables, and the optimizer's step on them and on dense weights.
#include <algorithm>
#include <cstring>
#include <utility>

#include "arguments.h"
#include "step-arguments.h"

namespace {

/** createTable(rows, width, stride, rule) */
napi_value create_table(const Arguments& arguments) {
  const size_t rows = arguments.size(0), width = arguments.size(1), stride = arguments.size(2);
  if (width == 0 || stride == 0 || stride > width)
    throw Failure{Failure::range, "a table's width is at least 1, and its stride from 1 to the width"};
  if (rows >= no_row) throw Failure{Failure::range, "a table has fewer than 2^32 - 1 rows"};
  if (stride < width && times(rows, stride) + width >= no_row)
    throw Failure{Failure::range, "a table of overlapping rows has fewer than 2^32 - 1 floats"};
  return wrap_table(arguments.env(), std::make_unique<Table>(rows, width, stride, rule_named(arguments.text(3))));
}

/** freeTable(table): its memory, now. */
napi_value free_table(const Arguments& arguments) {
  arguments.take_table(0);
  return nullptr;
}

/** tableStateBytes(table) */
napi_value table_state_bytes(const Arguments& arguments) {
  return number(arguments.env(), static_cast<double>(arguments.table(0).state_bytes()));
}

/** fillTable(table, from, to, mean, halfWidth, seed): floats from..to. */
napi_value fill_table(const Arguments& arguments) {
  Table& table = arguments.table(0);
  const size_t from = arguments.size(1), to = arguments.size(2);
  if (from > to || to > table.floats()) throw Failure{Failure::range, "floats outside of the table"};
  table.fill(*arguments.addon().pool, from, to, arguments.number(3), arguments.number(4),
             static_cast<uint32_t>(arguments.size(5)));
  return nullptr;
}

Failure outside_of(const Table& table, uint32_t row) {
  return {Failure::range,
          "row " + std::to_string(row) + " is outside a table of " + std::to_string(table.rows()) + " rows"};
}

/** no_row is inside. */
void check_indices(const Addon& addon, const Table& table, const uint32_t* indices, size_t n) {
  const size_t outside = addon.kernels->first_outside(indices, n, table.rows());
  if (outside < n) throw outside_of(table, indices[outside]);
}

/** Rows that are written or copied: no_row is outside. */
const uint32_t* rows_of(const Arguments& arguments, size_t i, const Table& table, size_t& count) {
  const uint32_t* rows = arguments.indices(i, count);
  for (size_t at = 0; at < count; at++)
    if (rows[at] >= table.rows()) throw outside_of(table, rows[at]);
  return rows;
}

/** gatherRows(table, indices, out): out is [indices, width]. */
napi_value gather_rows(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Table& table = arguments.table(0);
  size_t n;
  const uint32_t* indices = arguments.indices(1, n);
  float* out = arguments.floats(2, times(n, table.width()));
  check_indices(addon, table, indices, n);
  const size_t parts = std::max<size_t>(1, std::min<size_t>(4 * addon.pool->threads(), n / 512));
  addon.pool->each(parts, [&](size_t part) {
    const size_t from = n * part / parts, to = n * (part + 1) / parts;
    addon.kernels->gather(table.weights(), table.stride(), table.width(), indices + from, to - from,
                          out + from * table.width());
  });
  return nullptr;
}

/** updateTable(table, [indices, ...], [gradients, ...], rule, numbers) */
napi_value update_table(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const napi_env env = arguments.env();
  uint32_t look_ups, gradients;
  check(env, napi_get_array_length(env, arguments.value(1), &look_ups));
  check(env, napi_get_array_length(env, arguments.value(2), &gradients));
  if (look_ups != gradients) throw Failure{Failure::range, "every lookup needs a gradient"};
  // Elements may be getters, which may free the table or the memory of an array: all are read before any is looked into.
  std::vector<std::pair<napi_value, napi_value>> elements(look_ups);
  for (uint32_t i = 0; i < look_ups; i++) {
    check(env, napi_get_element(env, arguments.value(1), i, &elements[i].first));
    check(env, napi_get_element(env, arguments.value(2), i, &elements[i].second));
  }
  Table& table = arguments.table(0);
  std::vector<LookUp> all;
  size_t indices = 0;
  for (const auto& [index_array, gradient_array] : elements) {
    LookUp look_up;
    look_up.indices = indices_of(env, index_array, look_up.count);
    look_up.gradients = floats_of(env, gradient_array, times(look_up.count, table.width()));
    check_indices(addon, table, look_up.indices, look_up.count);
    indices += look_up.count;
    all.push_back(look_up);
  }
  // They are counted in 32 bits, twice over, and where rows overlap every float counts.
  if (times(indices, table.stride() < table.width() ? table.width() : 1) > size_t{1} << 30)
    throw Failure{Failure::range, "more than 2^30 lookups in one step"};
  const Step step = step_from(arguments, 3);
  if (!table.takes(step.rule)) throw Failure{Failure::type, "the table was made for another optimizer rule"};
  table.update(*addon.pool, *addon.kernels, addon.update, all, step);
  return nullptr;
}

/** readTable(table, from, to, out, saved?): rows from..to, [to - from, width], as they are, or as they were saved last. */
napi_value read_table(const Arguments& arguments) {
  const Table& table = arguments.table(0);
  const bool saved = !arguments.missing(4) && arguments.flag(4);
  const float* weights = saved ? table.saved() : table.weights();
  if (weights == nullptr && table.floats() > 0) throw Failure{Failure::other, "nothing was saved"};
  const size_t from = arguments.size(1), to = arguments.size(2), width = table.width();
  if (from > to || to > table.rows()) throw Failure{Failure::range, "rows outside of the table"};
  float* out = arguments.floats(3, times(to - from, width));
  for (size_t row = from; row < to; row++, out += width)
    memcpy(out, weights + row * table.stride(), width * sizeof(float));
  return nullptr;
}

/** writeRows(table, rows, values, keepState?): values is [rows, width]. */
napi_value write_rows(const Arguments& arguments) {
  Table& table = arguments.table(0);
  size_t count;
  const uint32_t* rows = rows_of(arguments, 1, table, count);
  const float* values = arguments.floats(2, times(count, table.width()));
  table.write(*arguments.addon().pool, rows, count, values, !arguments.missing(3) && arguments.flag(3));
  return nullptr;
}

/** copyRows(table, from, to) */
napi_value copy_rows(const Arguments& arguments) {
  Table& table = arguments.table(0);
  if (table.stride() < table.width()) throw Failure{Failure::range, "rows that overlap cannot be copied"};
  size_t count, others;
  const uint32_t* from = rows_of(arguments, 1, table, count);
  const uint32_t* to = rows_of(arguments, 2, table, others);
  if (count != others)
    throw Failure{Failure::range,
                  std::to_string(count) + " rows cannot be copied to " + std::to_string(others) + " rows"};
  table.copy(*arguments.addon().pool, from, to, count);
  return nullptr;
}

size_t state_number(const Arguments& arguments) {
  const size_t i = arguments.size(1), states = arguments.table(0).states();
  if (i >= states)
    throw Failure{Failure::range, "the table has " + std::to_string(states) + " arrays of state, none numbered " + std::to_string(i)};
  return i;
}

/** Floats of an array of state: whole where no beginning is given, else as many as the other array has. */
struct StatePiece {
  size_t i, from, count;
  float* floats;
};

StatePiece state_piece(const Arguments& arguments) {
  const size_t i = state_number(arguments), all = arguments.table(0).state_floats(i);
  if (arguments.missing(3)) return {i, 0, all, arguments.floats(2, all)};
  const size_t from = arguments.size(3), count = arguments.numbers(2).length;
  if (from > all || count > all - from) throw Failure{Failure::range, "floats outside of the state"};
  return {i, from, count, arguments.floats(2, count)};
}

/** readTableState(table, i, out, from?): array i of its state. */
napi_value read_table_state(const Arguments& arguments) {
  const StatePiece piece = state_piece(arguments);
  arguments.table(0).read_state(piece.i, piece.from, piece.floats, piece.count);
  return nullptr;
}

/** writeTableState(table, i, values, from?) */
napi_value write_table_state(const Arguments& arguments) {
  const StatePiece piece = state_piece(arguments);
  arguments.table(0).write_state(piece.i, piece.from, piece.floats, piece.count);
  return nullptr;
}

napi_value save_table(const Arguments& arguments) {
  arguments.table(0).save();
  return nullptr;
}

napi_value restore_table(const Arguments& arguments) {
  if (!arguments.table(0).restore()) throw Failure{Failure::other, "nothing was saved"};
  return nullptr;
}

/** updateDense(weights, gradient, states, rows, width, rule, numbers) */
napi_value update_dense(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t rows = arguments.size(3), width = arguments.size(4), floats = times(rows, width);
  const std::vector<napi_value> elements = elements_of(arguments, 2);
  const Step step = step_from(arguments, 5);
  const States states = states_from(arguments, elements, step.rule, rows, width);
  float* weights = arguments.floats(0, floats);
  const float* gradient = arguments.floats(1, floats);
  // Cut between rows where the rule computes something for a row, and anywhere else.
  const bool by_row = shape_of(step.rule).by_row;
  const size_t units = by_row ? rows : floats, unit = by_row ? width : 1;
  const size_t parts = std::max<size_t>(1, std::min<size_t>(addon.pool->threads(), floats / 16384));
  addon.pool->each(parts, [&](size_t part) {
    const size_t from = units * part / parts, to = units * (part + 1) / parts;
    addon.kernels->update_dense(step, weights + from * unit, states.from_row(step.rule, from, unit), gradient + from * unit,
                                to - from, unit);
  });
  return nullptr;
}

/** rules(): what each rule that the add-on knows was made of. */
napi_value rules(const Arguments& arguments) {
  const napi_env env = arguments.env();
  napi_value all;
  check(env, napi_create_array_with_length(env, rule_count, &all));
  for (uint32_t i = 0; i < rule_count; i++) check(env, napi_set_element(env, all, i, text(env, rule_shapes[i].signature)));
  return all;
}

} // namespace

void define_tables(napi_env env, napi_value exports) {
  define(env, exports, "createTable", create_table);
  define(env, exports, "freeTable", free_table);
  define(env, exports, "tableStateBytes", table_state_bytes);
  define(env, exports, "fillTable", fill_table);
  define(env, exports, "gatherRows", gather_rows);
  define(env, exports, "updateTable", update_table);
  define(env, exports, "readTable", read_table);
  define(env, exports, "writeRows", write_rows);
  define(env, exports, "copyRows", copy_rows);
  define(env, exports, "readTableState", read_table_state);
  define(env, exports, "writeTableState", write_table_state);
  define(env, exports, "saveTable", save_table);
  define(env, exports, "restoreTable", restore_table);
  define(env, exports, "updateDense", update_dense);
  define(env, exports, "rules", rules);
}
