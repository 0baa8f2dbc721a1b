// The rows of one embedding table with their optimizer state, read and moved in place.
#pragma once

#include <vector>

#include "kernels.h"
#include "memory.h"
#include "thread-pool.h"

/** The indices that one lookup of a step leaves behind, with a gradient of `width` floats each. */
struct LookUp {
  const uint32_t* indices;
  const float* gradients;
  size_t count;
};

/** Work space of updates, kept between them. */
struct UpdateSpace {
  Memory found, entries, slots, rows, sums;
};

class Table {
 public:
  /** Rows of `width` floats, one every `stride` floats: rows overlap where stride < width. Throws OutOfMemory. */
  Table(size_t rows, size_t width, size_t stride, Rule rule);

  size_t rows() const { return rows_; }
  size_t width() const { return width_; }
  size_t stride() const { return stride_; }
  size_t floats() const { return floats_; }
  size_t state_bytes() const;
  /** True if it has the state that a rule needs. */
  bool takes(Rule rule) const { return rule == rule_; }
  const float* weights() const { return weights_.floats(); }
  /** The weights that were saved last; null if none were. */
  const float* saved() const { return static_cast<const float*>(saved_.data()); }

  /** Floats from..to uniform on mean +- half_width; the i-th is a function of the seed and i. */
  void fill(ThreadPool& pool, size_t from, size_t to, double mean, double half_width, uint32_t seed);
  /** One step. Gradients of a row that occurs more than once are summed first, in the order of the lookups. */
  void update(ThreadPool& pool, const Kernels& kernels, UpdateSpace& space, const std::vector<LookUp>& look_ups,
              const Step& step);
  /** Rows, different from each other, become `values`: [count, width]; their state becomes 0 if it is not kept. */
  void write(ThreadPool& pool, const uint32_t* rows, size_t count, const float* values, bool keep_state = false);
  /** Rows become others, and their state. All of `to` differ from each other and from all of `from`; none overlap. */
  void copy(ThreadPool& pool, const uint32_t* from, const uint32_t* to, size_t count);
  /** Arrays of state that the rule has, and the floats of each. */
  size_t states() const { return shape_of(rule_).states; }
  size_t state_floats(size_t i) const { return state_[i].floats; }
  /** Floats of an array of state from `from` on. */
  void read_state(size_t i, size_t from, float* out, size_t count) const;
  void write_state(size_t i, size_t from, const float* values, size_t count);
  void save();
  /** False if nothing was saved. */
  bool restore();

 private:
  struct State {
    Memory memory;
    size_t floats = 0;
  };

  size_t rows_, width_, stride_, floats_;
  Rule rule_;
  Memory weights_, saved_;
  State state_[max_states];
};
