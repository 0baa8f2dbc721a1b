// The pool, the products and the tables without Node, for the thread sanitizer: several environments at a time, each with
// a pool of its own, as several worker threads of Node would. Also compares the bits of one thread with those of several.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>
#include <vector>

#include "kernels.h"
#include "matrix-product.h"
#include "table.h"
#include "thread-pool.h"

namespace {

std::vector<float> numbers(size_t n, uint32_t seed) {
  std::vector<float> result(n);
  for (float& x : result) {
    seed = seed * 1664525u + 1013904223u;
    x = static_cast<float>(seed >> 8) / (1 << 23) - 1;
  }
  return result;
}

/** A few steps of everything that uses the pool; returns all it computed. */
std::vector<float> compute(const Kernels& kernels, int threads) {
  ThreadPool pool(threads);
  Memory packed;
  UpdateSpace space;
  std::vector<float> found;
  const size_t m = 123, n = 45, k = 300, rows = 2200, width = 16, look_ups = 5000;
  std::vector<uint32_t> even(rows / 2), odd(rows / 2);
  for (uint32_t i = 0; i < rows / 2; i++) even[i] = 2 * i, odd[rows / 2 - 1 - i] = 2 * i + 1;
  Table table(rows, width, width, Rule::adagrad);
  table.fill(pool, 0, table.floats(), 0, 1, 7);
  for (uint32_t step = 1; step <= 20; step++) {
    const std::vector<float> a = numbers(m * k, step), b = numbers(k * n, step + 1);
    std::vector<float> c(m * n), sums(n);
    multiply(pool, kernels, packed, {a.data(), k, 1}, {b.data(), n, 1}, c.data(), m, n, k, {}, sums.data());
    found.insert(found.end(), c.begin(), c.end());
    found.insert(found.end(), sums.begin(), sums.end());

    std::vector<uint32_t> indices(look_ups);
    for (size_t i = 0; i < look_ups; i++) indices[i] = i % 17 == 0 ? no_row : static_cast<uint32_t>(i * i * step % rows);
    const std::vector<float> gradient = numbers(look_ups * width, step + 2);
    Step rule{};
    rule.rule = Rule::adagrad;
    rule.numbers[0] = 0.1f; // rate
    rule.numbers[1] = 1e-10f; // epsilon
    table.update(pool, kernels, space, {{indices.data(), gradient.data(), look_ups}}, rule);
    if (step % 4 == 1) table.write(pool, odd.data(), odd.size(), gradient.data());
    if (step % 4 == 3) table.copy(pool, even.data(), odd.data(), odd.size());
    // Short tasks, one after the other: threads come too late for some, and find the next one open.
    std::vector<float> parts(64);
    for (int i = 0; i < 50; i++)
      pool.each(parts.size(), [&](size_t part) { parts[part] += static_cast<float>(part * step); });
    found.insert(found.end(), parts.begin(), parts.end());
    // Long enough for the threads to go to sleep.
    if (step % 5 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  found.insert(found.end(), table.weights(), table.weights() + table.floats());
  return found;
}

} // namespace

int main() {
  std::vector<const Kernels*> sets{kernels_baseline()};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) sets.push_back(kernels_avx2());
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq"))
    sets.push_back(kernels_avx512());
#endif
  int wrong = 0;
  for (const Kernels* kernels : sets) {
    const std::vector<float> expected = compute(*kernels, 1);
    std::vector<std::vector<float>> found(3);
    std::vector<std::thread> environments;
    for (int i = 0; i < 3; i++) environments.emplace_back([&, i] { found[i] = compute(*kernels, i + 2); });
    for (std::thread& environment : environments) environment.join();
    for (const std::vector<float>& numbers : found) {
      const bool same = numbers.size() == expected.size() &&
                        memcmp(numbers.data(), expected.data(), expected.size() * sizeof(float)) == 0;
      wrong += !same;
    }
    std::printf("%s: %zu numbers, the same bits with 1 to 4 threads: %s\n", kernels->name, expected.size(),
                wrong == 0 ? "yes" : "no");
  }
  return wrong == 0 ? 0 : 1;
}
