// One pool of threads for everything an environment computes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

class ThreadPool {
 public:
  /** The calling thread counts: `threads` - 1 are started. Throws std::system_error where the system refuses one. */
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /**
   * Calls task(part) for every part below `parts`, each once, on whatever thread is free; returns when all are done. Which
   * thread takes a part is left to chance, so a part must write nothing that another reads. Tasks do not throw.
   */
  template <class Task>
  void each(size_t parts, const Task& task) {
    if (workers_.empty() || parts < 2) {
      for (size_t part = 0; part < parts; part++) task(part);
      return;
    }
    run(parts, [](const void* context, size_t part) { (*static_cast<const Task*>(context))(part); }, &task);
  }

 private:
  using Call = void (*)(const void*, size_t);

  void run(size_t parts, Call call, const void* context);
  void work();
  void stop();
  void take_parts();
  bool join();

  // The task of the moment: written before it is opened, and not again before every thread inside has left.
  Call call_ = nullptr;
  const void* context_ = nullptr;
  std::atomic<size_t> parts_{0};
  alignas(64) std::atomic<size_t> next_{0};
  /** Threads inside the task, and whether more may enter. */
  alignas(64) std::atomic<uint64_t> state_{0};
  static constexpr uint64_t open = uint64_t{1} << 32;

  alignas(64) std::atomic<int> sleeping_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> workers_;
};
