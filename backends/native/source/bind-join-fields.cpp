#include <algorithm>

#include "arguments.h"
#include "strided-iterator.h"
#include "transposed-matrices.h"

namespace {

/** Arguments from i on: members' fields, batch, width, fields, dim. */
struct Group : FieldGroup {
  size_t batch;

  Group(const Arguments& arguments, size_t i) {
    field = arguments.indices(i, members);
    batch = arguments.size(i + 1);
    width = arguments.size(i + 2);
    fields = arguments.size(i + 3);
    dim = arguments.size(i + 4);
    for (size_t member = 0; member < members; member++)
      if (field[member] >= fields) throw Failure{Failure::range, "a member's field is outside of the fields"};
  }
  size_t vectors() const { return times(batch, times(members, width)); }
  size_t matrices() const { return times(members, width, dim); }
  size_t results() const { return times(batch, fields, dim); }
  /** Without matrices, vectors have the model's width. */
  void check_width(const float* matrices) const {
    if (matrices == nullptr && width != dim) throw Failure{Failure::range, "vectors of another width need matrices"};
  }
  size_t samples_together() const { return std::max<size_t>(1, 16384 / std::max<size_t>(1, members * width * dim)); }
};

/** joinFields(x, matrices?, y, field, batch, width, fields, dim): adds to y. */
napi_value join_fields(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Group group(arguments, 3);
  const float* x = arguments.floats(0, group.vectors());
  const float* matrices = arguments.optional_floats(1, group.matrices());
  float* y = arguments.floats(2, group.results());
  group.check_width(matrices);
  if (group.results() == 0 || group.vectors() == 0) return nullptr; // no array vouches for the other sizes
  each_range(*addon.pool, group.batch, group.samples_together(), [&](size_t from, size_t end) {
    addon.kernels->join(group, x + from * group.members * group.width, matrices, y + from * group.fields * group.dim,
                        end - from);
  });
  return nullptr;
}

/** joinFieldsGradX(dy, matrices?, dx, field, batch, width, fields, dim) */
napi_value join_fields_grad_x(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Group group(arguments, 3);
  const float* dy = arguments.floats(0, group.results());
  const float* matrices = arguments.optional_floats(1, group.matrices());
  float* dx = arguments.floats(2, group.vectors());
  group.check_width(matrices);
  if (group.results() == 0 || group.vectors() == 0) return nullptr;
  const float* transposed =
      matrices == nullptr ? nullptr : transposed_matrices(addon, matrices, group.members, group.width, group.dim);
  each_range(*addon.pool, group.batch, group.samples_together(), [&](size_t from, size_t end) {
    addon.kernels->join_grad_x(group, dy + from * group.fields * group.dim, transposed,
                               dx + from * group.members * group.width, end - from);
  });
  return nullptr;
}

/** joinFieldsGradMatrices(x, dy, dmatrices, field, batch, width, fields, dim): a member is one thread's, samples in order. */
napi_value join_fields_grad_matrices(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Group group(arguments, 3);
  const float* x = arguments.floats(0, group.vectors());
  const float* dy = arguments.floats(1, group.results());
  float* matrices = arguments.floats(2, group.matrices());
  if (group.matrices() == 0) return nullptr;
  const size_t matrix = group.width * group.dim;
  const size_t floats = (matrix + 15) / 16 * 16; // scratch memory of its own, not on a cache line with another's
  addon.scratch.require(times(group.members, floats, sizeof(float)));
  each_range(*addon.pool, group.members, 1, [&](size_t from, size_t end) {
    for (size_t i = from; i < end; i++)
      addon.kernels->join_grad_matrix(group, i, x, dy, matrices + i * matrix, group.batch,
                                      addon.scratch.floats() + i * floats);
  });
  return nullptr;
}

} // namespace

void define_join_fields(napi_env env, napi_value exports) {
  define(env, exports, "joinFields", join_fields);
  define(env, exports, "joinFieldsGradX", join_fields_grad_x);
  define(env, exports, "joinFieldsGradMatrices", join_fields_grad_matrices);
}
