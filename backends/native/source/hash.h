// The hash of base/random.ts: tables start, and ids are hashed, with the same bits on every backend.
#pragma once

#include <cstdint>

namespace {

inline uint32_t mix32(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

} // namespace
