#include "thread-pool.h"

#include <chrono>

namespace {

/** How long a thread looks for work before it sleeps: longer than JavaScript takes from one kernel to the next. */
constexpr auto patience = std::chrono::microseconds(100);

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

} // namespace

ThreadPool::ThreadPool(int threads) {
  try {
    for (int i = 1; i < threads; i++) workers_.emplace_back([this] { work(); });
  } catch (...) {
    stop(); // those that were started would end the process otherwise
    throw;
  }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(size_t parts, Call call, const void* context) {
  call_ = call;
  context_ = context;
  next_.store(0, std::memory_order_relaxed);
  parts_.store(parts, std::memory_order_relaxed);
  state_.store(open);
  if (sleeping_.load() > 0) {
    // No thread is between looking for work and going to sleep while the lock is held.
    { std::lock_guard<std::mutex> lock(mutex_); }
    wake_.notify_all();
  }
  take_parts();
  // Threads that have not arrived by now are not waited for.
  state_.fetch_and(~open);
  for (int spins = 0; state_.load(std::memory_order_acquire) != 0; spins++) {
    if (spins < 1000) pause();
    else std::this_thread::yield(); // more threads than processors
  }
}

void ThreadPool::take_parts() {
  const size_t parts = parts_.load(std::memory_order_relaxed);
  for (size_t part = next_.fetch_add(1); part < parts; part = next_.fetch_add(1)) call_(context_, part);
}

/** Enters the open task, if there is one with parts left. */
bool ThreadPool::join() {
  uint64_t state = state_.load(std::memory_order_acquire);
  if (!(state & open) || next_.load(std::memory_order_relaxed) >= parts_.load(std::memory_order_relaxed)) return false;
  return state_.compare_exchange_strong(state, state + 1, std::memory_order_acq_rel);
}

void ThreadPool::work() {
  auto idle_since = std::chrono::steady_clock::now();
  while (!stopping_.load(std::memory_order_relaxed)) {
    if (join()) {
      take_parts();
      state_.fetch_sub(1, std::memory_order_release);
      idle_since = std::chrono::steady_clock::now();
      continue;
    }
    for (int i = 0; i < 32; i++) pause();
    if (std::chrono::steady_clock::now() - idle_since < patience) continue;
    std::unique_lock<std::mutex> lock(mutex_);
    sleeping_++;
    wake_.wait(lock, [this] { return stopping_ || (state_.load() & open); });
    sleeping_--;
    idle_since = std::chrono::steady_clock::now();
  }
}
