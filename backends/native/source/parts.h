// A batch cut up for threads.
#pragma once

#include <algorithm>

#include "arguments.h"

/** Cuts a batch into parts and hands each its own scratch memory. */
template <class Task>
void each_part(Addon& addon, size_t batch, size_t scratch_floats, const Task& task) {
  if (batch == 0) return; // no array vouches for the other sizes then
  const size_t threads = addon.pool->threads();
  const size_t parts = threads == 1 ? 1 : std::min(batch, 4 * threads);
  const size_t padded = (scratch_floats + 15) / 16 * 16;
  addon.scratch.require(times(parts, padded, sizeof(float)));
  float* scratch = addon.scratch.floats();
  addon.pool->each(parts, [&](size_t part) {
    const size_t from = batch * part / parts, to = batch * (part + 1) / parts;
    task(from, to - from, scratch + part * padded);
  });
}

/**
 * Sums over a batch: every block of samples has sums of its own, which are added up in order. Blocks are the same for any number
 * of threads, and so are the bits.
 */
class BlockSums {
 public:
  /** `floats`: of one block's sums. `scratch_floats`: of its other memory. */
  BlockSums(Addon& addon, size_t batch, size_t floats, size_t scratch_floats)
      : addon_(addon), batch_(batch), samples_(std::max<size_t>(64, (batch + 63) / 64)),
        blocks_((batch + samples_ - 1) / samples_), floats_((floats + 15) / 16 * 16),
        padded_((scratch_floats + 15) / 16 * 16) {
    addon.scratch.require(times(blocks_, floats_ + padded_, sizeof(float)));
  }

  /** task(from, count, sums, scratch) for every block; sums are 0 before. Returns the sums of all blocks: 0 where there is none. */
  template <class Task>
  float* each(const Task& task) {
    float* sums = addon_.scratch.floats();
    addon_.pool->each(blocks_, [&](size_t block) {
      float* own = sums + block * (floats_ + padded_);
      std::fill(own, own + floats_, 0.0f);
      const size_t from = block * samples_;
      task(from, std::min(samples_, batch_ - from), own, own + floats_);
    });
    for (size_t block = 1; block < blocks_; block++) {
      const float* own = sums + block * (floats_ + padded_);
      for (size_t i = 0; i < floats_; i++) sums[i] += own[i];
    }
    return sums;
  }

 private:
  Addon& addon_;
  size_t batch_, samples_, blocks_, floats_, padded_;
};
