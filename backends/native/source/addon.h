// The state of one environment (a process's main thread, or a worker thread): nothing is global.
#pragma once

#define NAPI_VERSION 8
#include <node_api.h>

#include <memory>

#include "kernels.h"
#include "memory.h"
#include "table.h"
#include "thread-pool.h"

struct Addon {
  std::unique_ptr<ThreadPool> pool = std::make_unique<ThreadPool>(1);
  const Kernels* kernels = kernels_baseline();
  Memory packed;  // of the product under way
  Memory scratch; // of other kernels
  UpdateSpace update;
};
