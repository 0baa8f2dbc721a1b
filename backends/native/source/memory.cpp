#include "memory.h"

#if defined(_WIN32)
#include <malloc.h>
#include <windows.h>
#else
#include <sys/mman.h>
#endif

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace {

constexpr size_t huge_page = size_t{1} << 21;
constexpr size_t line = 64;

#if defined(_WIN32)

/** Whole pages of zeros, which take memory once they are touched. */
void* map_huge(size_t bytes) { return VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE); }
void unmap(void* data, size_t) { VirtualFree(data, 0, MEM_RELEASE); }
void* take(size_t bytes) { return _aligned_malloc(bytes, line); }
void give(void* data) { _aligned_free(data); }

#else

/** A mapping that starts on a huge page: what is mapped too much at either end goes back. */
void* map_huge(size_t bytes) {
  const size_t asked = bytes + huge_page;
  if (asked < bytes) return nullptr;
  void* mapped = mmap(nullptr, asked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  char* start = static_cast<char*>(mapped);
  const size_t before = (huge_page - reinterpret_cast<uintptr_t>(start) % huge_page) % huge_page;
  if (before > 0) munmap(start, before);
  munmap(start + before + bytes, asked - before - bytes);
#if defined(MADV_HUGEPAGE)
  madvise(start + before, bytes, MADV_HUGEPAGE); // advice: without it pages are small, and all else is the same
#endif
  return start + before;
}
void unmap(void* data, size_t bytes) { munmap(data, bytes); }

void* take(size_t bytes) {
  void* data = nullptr;
  return posix_memalign(&data, line, bytes) == 0 ? data : nullptr;
}
void give(void* data) { free(data); }

#endif

/** Whole pages for large blocks, so that a block can be given back as it was taken. */
size_t rounded(size_t bytes) {
  const size_t unit = bytes >= huge_page ? 65536 : line;
  return (bytes + unit - 1) / unit * unit;
}

} // namespace

Memory::Memory(size_t bytes) {
  if (bytes == 0) return;
  const size_t size = rounded(bytes);
  if (size < bytes) throw OutOfMemory{bytes};
  data_ = size >= huge_page ? map_huge(size) : take(size);
  if (data_ == nullptr) throw OutOfMemory{bytes};
  if (size < huge_page) memset(data_, 0, size);
  bytes_ = size;
}

Memory::~Memory() {
  if (data_ == nullptr) return;
  if (bytes_ >= huge_page) unmap(data_, bytes_);
  else give(data_);
}

Memory::Memory(Memory&& other) noexcept : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

Memory& Memory::operator=(Memory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

void Memory::require(size_t bytes) {
  if (bytes > bytes_) *this = Memory(bytes);
}
