// What is compiled once per instruction set: loops over plain memory. No threads, no JavaScript, no checks; callers have
// checked every size.
#pragma once

#include <cstddef>
#include <cstdint>

/** What happens to a finished tile of a product before it is stored. */
struct Epilogue {
  const float* bias = nullptr; // [n], added to every row
  bool relu = false;
  const float* mask = nullptr; // [m, n], laid out as c: 0 is stored where it is not positive
};

/** Rows and columns of c += a b for one range of k. a is [m, k] or, transposed, [k, m]; b is packed. */
struct ProductBlock {
  const float* a;      // at (0, first k)
  size_t a_row, a_k;   // floats from one row, and from one k, to the next
  const float* b;      // packed panels: [panel][k][panel width]
  float* c;
  size_t c_row;
  size_t m, n;         // rows of a, columns of c
  size_t k;            // of this range
  size_t row_from, row_to;
  size_t panel_from, panel_to;
  bool first, last;    // range of k: the first does not read c, the last applies the epilogue
  Epilogue epilogue;
};

/** Most of k that one call of product_block takes: a packed tile of a must fit the first-level cache. */
#define EMBED_MOST_K 256

/** A row that was looked up, and the gradient of what was found: `width` floats. */
struct Entry {
  uint32_t row;
  const float* gradient;
};

enum class Rule : int { sgd, adagrad, rowwise_adagrad, adam };

/** One step of a rule. For adam, `rate` and `root` hold the bias corrections. */
struct Step {
  Rule rule;
  float rate;
  float epsilon;
  float beta1, beta2;
  float rest1, rest2; // 1 - beta, rounded after it was taken: in floats, 1 - 0.999 is off by 5e-5 of itself
  float root; // sqrt(1 - beta2^t)
};

struct Kernels {
  const char* name;
  size_t tile_rows, panel_width;

  /** Floats that the packed form of [k, n] takes. */
  size_t (*packed_floats)(size_t k, size_t n);
  /** b: [k, n] (b_k floats from one k to the next, b_column from one column), panels from..to. sums, if given: [n], += over k. */
  void (*pack_b)(const float* b, size_t b_k, size_t b_column, size_t k, size_t n, size_t from, size_t to, float* packed,
                 float* sums);
  void (*product_block)(const ProductBlock&);

  /** c[i] = the sum over k of a[i, k] b[k], rows from..to: a product with a single column. */
  void (*vector_product)(const float* a, size_t a_row, size_t a_k, const float* b, size_t k, size_t from, size_t to,
                         float* c);

  /** Floats of scratch memory that each call of the two below needs. */
  size_t (*interact_scratch)(size_t fields, size_t dim);
  /** x: [batch, dim], vectors: [batch, fields, dim] -> y: [batch, dim + pairs], x first. */
  void (*interact)(const float* x, const float* vectors, float* y, size_t batch, size_t fields, size_t dim, float* scratch);
  /** dy: [batch, dim + pairs] -> dx: [batch, dim], dvectors: [batch, fields, dim]. */
  void (*interact_grad)(const float* x, const float* vectors, const float* dy, float* dx, float* dvectors, size_t batch,
                        size_t fields, size_t dim, float* scratch);

  /** Sum over the samples, see harness/ops/binary-cross-entropy.ts; gradient times `scale`. */
  double (*cross_entropy)(const float* logits, const float* labels, size_t n);
  void (*cross_entropy_grad)(const float* logits, const float* labels, float scale, float* d, size_t n);

  /** Rows of `width` floats at index * stride; zeros where the index is `none`. */
  void (*gather)(const float* table, size_t stride, size_t width, const uint32_t* indices, size_t n, float* out);
  /** The first index that is neither `none` nor below `rows`, or n. */
  size_t (*first_outside)(const uint32_t* indices, size_t n, uint64_t rows);
  /**
   * Sums the gradients of entries with the same row, in order. Entries share the top `bits` of hashed(row), which a table
   * of 2^slot_bits slots, more than there are entries, leaves out. Returns how many rows there are.
   */
  size_t (*sum_entries)(const Entry* entries, size_t n, size_t width, int bits, int slot_bits, uint32_t* slots,
                        uint32_t* rows, float* sums);
  /** gradients: [n, width], one per row. state: as the rule wants it, laid out like the table. */
  void (*update_rows)(const Step&, float* table, float* state0, float* state1, size_t width, const uint32_t* rows,
                      const float* gradients, size_t n);
  /** weights, gradient: [rows, width]. */
  void (*update_dense)(const Step&, float* weights, float* state0, float* state1, const float* gradient, size_t rows,
                       size_t width);
};

/** Spreads rows over all 32 bits; the high ones are the mixed ones (Knuth's multiplicative hashing). */
constexpr uint32_t hashed(uint32_t row) { return row * 0x9e3779b1u; }

constexpr uint32_t no_row = 0xffffffffu;

const Kernels* kernels_baseline();
#if defined(__x86_64__)
const Kernels* kernels_avx2();
const Kernels* kernels_avx512();
#endif
