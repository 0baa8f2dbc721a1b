// Memory that JavaScript's heap knows nothing of.
#pragma once

#include <cstddef>

/** Zeroed floats and the like, aligned to cache lines, on huge pages where large. */
class Memory {
 public:
  Memory() = default;
  /** Throws OutOfMemory, which names the bytes. */
  explicit Memory(size_t bytes);
  ~Memory();
  Memory(Memory&& other) noexcept;
  Memory& operator=(Memory&& other) noexcept;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  void* data() const { return data_; }
  float* floats() const { return static_cast<float*>(data_); }
  size_t bytes() const { return bytes_; }
  /** Provides at least this many bytes, of any content. */
  void require(size_t bytes);

 private:
  void* data_ = nullptr;
  size_t bytes_ = 0;
};

struct OutOfMemory {
  size_t bytes;
};
