#include "table.h"

#include <algorithm>
#include <cstring>

#include "hash.h"

namespace {

size_t checked_floats(size_t rows, size_t width, size_t stride) {
  if (rows == 0) return 0;
  size_t floats;
  if (__builtin_mul_overflow(rows - 1, stride, &floats) || __builtin_add_overflow(floats, width, &floats) ||
      floats > SIZE_MAX / sizeof(float))
    throw OutOfMemory{SIZE_MAX};
  return floats;
}

size_t ceil_div(size_t a, size_t b) { return (a + b - 1) / b; }

/** Rows are moved by at most so many tasks. */
constexpr size_t max_parts = 64;

/** Cuts `count` rows into stretches worth a thread's while. */
template <class Task>
void each_stretch(ThreadPool& pool, size_t count, size_t most, const Task& task) {
  const size_t parts = std::max<size_t>(1, std::min(most, count / 512));
  pool.each(parts, [&](size_t part) { task(count * part / parts, count * (part + 1) / parts); });
}

} // namespace

Table::Table(size_t rows, size_t width, size_t stride, Rule rule)
    : rows_(rows), width_(width), stride_(stride), floats_(checked_floats(rows, width, stride)),
      rule_(rule), weights_(floats_ * sizeof(float)) {
  // Every float is a row of its own where rows overlap.
  for (size_t i = 0; i < states(); i++) {
    state_[i].floats = shape_of(rule).per_row[i] && stride == width ? rows : floats_;
    state_[i].memory = Memory(state_[i].floats * sizeof(float));
  }
}

size_t Table::state_bytes() const {
  size_t floats = 0;
  for (const State& state : state_) floats += state.floats;
  return floats * sizeof(float);
}

void Table::fill(ThreadPool& pool, size_t from, size_t to, double mean, double half_width, uint32_t seed) {
  if (mean == 0 && half_width == 0) return; // as it came: pages that nobody touches cost nothing
  constexpr size_t part_floats = 1 << 16;
  const double low = mean - half_width, scale = 2 * half_width / (1 << 24);
  float* values = weights_.floats() + from;
  const size_t n = to - from;
  pool.each(ceil_div(n, part_floats), [=](size_t part) {
    const size_t end = std::min(n, (part + 1) * part_floats);
    for (size_t i = part * part_floats; i < end; i++) {
      const uint32_t counter = seed + static_cast<uint32_t>(i + 1) * 0x9e3779b9u;
      values[i] = static_cast<float>(low + static_cast<double>(mix32(counter) >> 8) * scale);
    }
  });
}

void Table::update(ThreadPool& pool, const Kernels& kernels, UpdateSpace& space, const std::vector<LookUp>& look_ups,
                   const Step& step) {
  // Floats may occur twice where rows overlap.
  const bool overlapping = stride_ < width_;
  const size_t per_index = overlapping ? width_ : 1, width = overlapping ? 1 : width_;
  size_t indices = 0;
  for (const LookUp& look_up : look_ups) indices += look_up.count;
  const size_t n = indices * per_index;
  if (n == 0) return;

  // Indices of no row are left out first, without branches: whether an index is one is a matter of chance.
  space.found.require(n * sizeof(Entry));
  Entry* found_entries = static_cast<Entry*>(space.found.data());
  size_t there = 0;
  for (const LookUp& look_up : look_ups) {
    const float* gradient = look_up.gradients;
    for (size_t i = 0; i < look_up.count; i++, gradient += width_) {
      const uint32_t index = look_up.indices[i];
      if (!overlapping) {
        found_entries[there] = {index, gradient};
        there += index != no_row;
      } else if (index != no_row) {
        for (size_t k = 0; k < width_; k++)
          found_entries[there++] = {static_cast<uint32_t>(index * stride_ + k), gradient + k};
      }
    }
  }
  if (there == 0) return;

  // Entries are dealt out by a hash of their row, so that every row is one thread's: no locks, and sums in the order of
  // the lookups however many threads there are.
  int bits = 0;
  while (bits < 6 && (there >> bits) > 2048) bits++;
  const size_t shares = size_t{1} << bits;
  const auto share_of = [bits](uint32_t row) { return bits == 0 ? 0 : hashed(row) >> (32 - bits); };
  std::vector<size_t> starts(shares + 1);
  Entry* entries = found_entries;
  if (shares == 1) {
    starts[1] = there;
  } else {
    for (size_t i = 0; i < there; i++) starts[share_of(found_entries[i].row) + 1]++;
    for (size_t share = 0; share < shares; share++) starts[share + 1] += starts[share];
    space.entries.require(there * sizeof(Entry));
    entries = static_cast<Entry*>(space.entries.data());
    std::vector<size_t> next(starts.begin(), starts.end() - 1);
    for (size_t i = 0; i < there; i++) entries[next[share_of(found_entries[i].row)]++] = found_entries[i];
  }

  // A hash table of at least twice the entries for each share: at most 4 times, all together.
  space.slots.require((4 * there + 2 * shares) * sizeof(uint32_t));
  space.rows.require(there * sizeof(uint32_t));
  space.sums.require(there * width * sizeof(float));
  States states;
  for (size_t i = 0; i < this->states(); i++) states.at[i] = state_[i].memory.floats();
  pool.each(shares, [&](size_t share) {
    const size_t first = starts[share], count = starts[share + 1] - first;
    if (count == 0) return;
    int slot_bits = 1;
    while ((size_t{1} << slot_bits) < 2 * count) slot_bits++;
    uint32_t* slots = static_cast<uint32_t*>(space.slots.data()) + 4 * first + 2 * share;
    uint32_t* rows = static_cast<uint32_t*>(space.rows.data()) + first;
    float* sums = space.sums.floats() + first * width;
    const size_t found =
        kernels.sum_entries(entries + first, count, width, bits, slot_bits, slots, rows, sums);
    kernels.update_rows(step, weights_.floats(), states, width, rows, sums, found);
  });
}

void Table::write(ThreadPool& pool, const uint32_t* rows, size_t count, const float* values, bool keep_state) {
  // Rows that overlap are not any thread's own.
  const bool overlapping = stride_ < width_;
  each_stretch(pool, count, overlapping ? 1 : max_parts, [=, this](size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
      memcpy(weights_.floats() + rows[i] * stride_, values + i * width_, width_ * sizeof(float));
    for (const State& state : state_) {
      if (state.floats == 0 || keep_state) continue;
      const size_t apart = overlapping ? stride_ : state.floats / rows_;
      const size_t bytes = (overlapping ? width_ : apart) * sizeof(float);
      for (size_t i = from; i < to; i++) memset(state.memory.floats() + rows[i] * apart, 0, bytes);
    }
  });
}

void Table::copy(ThreadPool& pool, const uint32_t* from, const uint32_t* to, size_t count) {
  const auto copy_rows = [=](float* floats, size_t width, size_t first, size_t end) {
    for (size_t i = first; i < end; i++)
      memcpy(floats + to[i] * width, floats + from[i] * width, width * sizeof(float));
  };
  each_stretch(pool, count, max_parts, [=, this](size_t first, size_t end) {
    copy_rows(weights_.floats(), width_, first, end);
    for (const State& state : state_)
      if (state.floats > 0) copy_rows(state.memory.floats(), state.floats / rows_, first, end);
  });
}

void Table::read_state(size_t i, size_t from, float* out, size_t count) const {
  if (count > 0) memcpy(out, state_[i].memory.floats() + from, count * sizeof(float));
}

void Table::write_state(size_t i, size_t from, const float* values, size_t count) {
  if (count > 0) memcpy(state_[i].memory.floats() + from, values, count * sizeof(float));
}

void Table::save() {
  if (floats_ == 0) return;
  saved_.require(floats_ * sizeof(float));
  memcpy(saved_.data(), weights_.data(), floats_ * sizeof(float));
}

bool Table::restore() {
  if (floats_ == 0) return true;
  if (saved_.data() == nullptr) return false;
  memcpy(weights_.data(), saved_.data(), floats_ * sizeof(float));
  return true;
}
