#pragma once

#include <functional>

#include "kernels.h"
#include "memory.h"
#include "thread-pool.h"

/** A matrix as it lies in memory. */
struct Matrix {
  const float* data;
  size_t row, column; // floats from one to the next; one of the two is 1
};

/** Rows and columns of a product, from..end. */
struct ProductPart {
  size_t row, row_end, column, column_end;
};

/** Wishes that few products have for c. */
struct ProductOutput {
  size_t row = 0; // floats from one row of c to the next, where that is not n
  bool add = false; // to what c has
  /** Called for every part of c once it is made, while the cache has it, by the thread that made it. */
  std::function<void(const ProductPart&)> finish;
};

/**
 * c = a b: [m, k] times [k, n], c without gaps. The same bits for any number of threads: every float of c is summed by one
 * thread, in the order of k. b_sums, if given: [n], the sum of b over k.
 */
void multiply(ThreadPool& pool, const Kernels& kernels, Memory& packed, Matrix a, Matrix b, float* c, size_t m, size_t n,
              size_t k, const Epilogue& epilogue = {}, float* b_sums = nullptr, const ProductOutput& output = {});

/**
 * The same bits where a is made while it is multiplied: columns from..from + range of it, [m, range], asked for in order,
 * and left alone before the next are. Products with a single column ask for all of them at once.
 */
using Columns = std::function<Matrix(size_t from, size_t range)>;
void multiply(ThreadPool& pool, const Kernels& kernels, Memory& packed, const Columns& a, Matrix b, float* c, size_t m,
              size_t n, size_t k, const Epilogue& epilogue = {}, float* b_sums = nullptr,
              const ProductOutput& output = {});

/** The same by the calling thread alone, with memory of packed_floats() for b. */
void multiply_alone(const Kernels& kernels, float* packed, Matrix a, Matrix b, float* c, size_t m, size_t n, size_t k,
                    const Epilogue& epilogue);
size_t packed_floats(const Kernels& kernels, size_t n, size_t k);
