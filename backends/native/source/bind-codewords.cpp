// Searches in codebooks.
#include <string>

#include "strided-iterator.h"

namespace {

/** Numbers that a part reads at least, so that threads are worth it. */
constexpr size_t grain = 65536;

/** nearestCodewords(queries, codebooks, counts, codes, groups, batch, codewords, width) */
napi_value nearest_codewords(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const Kernels& kernels = *addon.kernels;
  const size_t groups = arguments.size(4), batch = arguments.size(5);
  const size_t codewords = arguments.size(6), width = arguments.size(7);
  if (codewords > INT32_MAX) throw Failure{Failure::range, "there are more codewords than numbers for them"};
  const float* queries = arguments.floats(0, times(groups, batch, width));
  const float* codebooks = arguments.floats(1, times(groups, codewords, width));
  const int32_t* counts = arguments.ints(2, groups);
  int32_t* codes = arguments.ints(3, times(groups, batch));
  for (size_t group = 0; group < groups; group++)
    if (counts[group] < 0 || static_cast<size_t>(counts[group]) > codewords)
      throw Failure{Failure::range, "a group has more codewords than there are"};
  if (groups == 0 || batch == 0) return nullptr; // no array vouches for the other sizes
  const size_t laid_out = kernels.searched_floats(codewords, width);
  addon.scratch.require(times(groups, laid_out + width, sizeof(float)));
  float* scratch = addon.scratch.floats();
  const size_t work = times(batch, std::max<size_t>(1, codewords), std::max<size_t>(1, width));
  each_range(*addon.pool, groups, std::max<size_t>(1, grain / work), [&](size_t from, size_t end) {
    for (size_t group = from; group < end; group++) {
      int32_t* own = codes + group * batch;
      const size_t count = static_cast<size_t>(counts[group]);
      if (count <= 1) {
        std::fill(own, own + batch, 0);
        continue;
      }
      float* searched = scratch + group * (laid_out + width);
      kernels.lay_out_codebook(codebooks + group * codewords * width, count, width, searched, searched + laid_out);
      kernels.nearest_codewords(queries + group * batch * width, batch, width, searched, count, own);
    }
  });
  return nullptr;
}

} // namespace

void define_codewords(napi_env env, napi_value exports) {
  define(env, exports, "nearestCodewords", nearest_codewords);
}
