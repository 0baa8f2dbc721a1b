// The kernels, compiled once per instruction set: loops over plain memory. No threads, no JavaScript, no checks; callers have
// checked every size.
#pragma once

#include <cstddef>
#include <cstdint>

#include "optimizer-rules.h" // made of harness/rules by optimizer-rules.ts

/** Operations on a finished tile of a product before it is stored. */
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

/** Most of k that one call of product_block takes: a tile of a, copied together, must fit the first-level cache. */
#define EMBED_MAX_K 512

/** A row that was looked up, and the gradient of what was found: `width` floats. */
struct Entry {
  uint32_t row;
  const float* gradient;
};

enum class IndexOperation : uint32_t { plus, div, mod, bits, hash, within, through };

/** An operation of a program on indices (harness/embedding/index-expression.ts). */
struct IndexStep {
  IndexOperation operation;
  uint32_t operand, end; // of through: `operand` numbers the map
};

/** A map that indices are looked up in. */
struct IndexMap {
  const uint32_t* entries;
  size_t length;
};

/** A column of results: the column of the ids that it is made of, and its steps, `count` from `first` on. */
struct IndexColumn {
  size_t field, first, count;
};

/** Floats in place of indices: a number times a power of two, which is exact, plus another. */
struct IndexScale {
  float times, plus;
};

/** One step of an optimizer's rule, with its numbers in the order in which the rule names them. */
struct Step {
  Rule rule;
  float numbers[max_numbers];
};

constexpr const RuleShape& shape_of(Rule rule) { return rule_shapes[static_cast<int>(rule)]; }

/** The arrays of state that a rule has, each with a number for every float or for every row. */
struct States {
  float* at[max_states] = {};

  /** Those of the rows from `row` on. */
  States from_row(Rule rule, size_t row, size_t width) const {
    const RuleShape& shape = shape_of(rule);
    States moved;
    for (size_t i = 0; i < shape.states; i++) moved.at[i] = at[i] + row * (shape.per_row[i] ? 1 : width);
    return moved;
  }
};

/** Types of numbers, by the arrays that hold them. */
enum Type : int { float32, int32, uint8 };
constexpr size_t type_count = 3;

/** The type of an operation's result: the type of its operands, or always one. */
enum class Result : int { same, int32, uint8 };

/** y = f(x), parameters p and q. No function: not for this type. */
struct Unary {
  const char* name;
  bool slow; // worth threads for fewer numbers
  Result result;
  void (*run[type_count])(const void* x, void* y, size_t n, double p, double q);
};

/** Rows of y = f(a, b). y is without gaps; along a row, a and b move on or stay where they are. */
struct BinarySpan {
  const void *a, *b;
  void* y;
  size_t rows, n;
  ptrdiff_t a_row, b_row; // numbers from one row to the next
  bool a_moves, b_moves;
};

struct Binary {
  const char* name;
  bool slow;
  Result result;
  void (*run[type_count])(const BinarySpan&);
};

/** out[j] = all of x[i][j], i < rows, j < columns; `row` numbers from one i to the next. rows > 0. */
struct Reduction {
  const char* name;
  Result result;
  void (*run[type_count])(const void* x, size_t row, size_t rows, size_t columns, void* out);
};

/** to = from, `bytes` (1 or 4) a number; steps in numbers, of any sign. */
struct CopySpan {
  const void* from;
  void* to;
  size_t bytes;
  size_t rows, n;
  ptrdiff_t from_row, to_row;
  ptrdiff_t from_step, to_step;
};

/** Forms in which a table's floats are stored (harness/serving): see StoredFloats. */
enum class StoredForm : uint32_t { halves, row_wise, grid, bitmap, list, floats8, shared_exponents, normal_floats };

/** Floats of few bits, by those of their exponent and mantissa; 64ths. */
enum class Element : uint32_t { e4m3, e5m2, e2m3, e3m2, e2m1, int8 };

/**
 * A table's floats as they are stored: 16-bit floats; codes of `bits` with a scale and an offset for every `block`; codes that are
 * multiples of `step`; the `block` floats that are not zero, with a bitmap or a list of where they are; floats of 8 bits times `step`;
 * elements with an exponent for every `block`; or 4-bit codes with a scale of `scale_bytes` for every `block`.
 */
struct StoredFloats {
  const uint8_t* bytes;
  size_t size; // of bytes
  StoredForm form;
  size_t bits, block, floats;
  double step;
  Element element;
  size_t scale_bytes;
  const uint32_t* marks = nullptr; // of a list: see list_marks
};

/** 8-bit scales that share a scale of their own: see harness/contract/number-formats.ts. */
constexpr size_t scales_together = 256;

/** Marks of a list: the position with each of these numbers, evenly apart, so that searches in it are short. */
constexpr size_t list_marks = 1024;

/** The row of an entry by the codes of an id: offset, and what the map has at start + its position. Without a map, offset alone. */
struct RowCode {
  const uint32_t* entries;
  size_t length; // of the map
  uint32_t start, offset;
};

/** Rows that are looked up to be put together: of a table, of one as it is stored, or vectors one after the other. */
struct RowGroup {
  const float* floats = nullptr; // of a table, or vectors
  StoredFloats stored;           // where there are none
  const uint32_t* indices = nullptr; // [batch, members * pieces]; none for vectors
  size_t stride, width, pieces;
  const uint32_t* field; // [members]
  size_t members;
  const float* matrices = nullptr; // [members, width, dim]
  const uint32_t* place;           // [members * pieces]: the coordinate of a sample's vectors that each goes to
  const uint32_t* room;            // [members * pieces]: its floats that have a place
  const RowCode* codes = nullptr;  // [members * pieces]: indices are positions then, [batch, members]
  size_t rows;                     // of the table, where there are codes

  size_t entries() const { return members * pieces; } // of a sample
};

/** A factorization machine on fields' vectors, dim at least 1, and on dense features as vectors. */
struct MachineShape {
  size_t fields, dim, dense_fields;
};

/** Coordinates `from` to dim of the fields' vectors, and dense features behind them. */
struct InputShape {
  size_t fields, dim, from, dense_fields;
};

/** Cross layers with vectors, n floats each. */
struct CrossShape {
  size_t n, layers;
};

/** Sums over samples for the gradients of cross layers: of what x and a layer's weights [layers, n], the output [n], and the
 * dot products with shifts [layers] get. */
struct CrossSums {
  float *weights, *slopes, *dots;
};

/** Experts of a cross layer, each of this rank; their numbers lie side by side in a row. */
struct ExpertShape {
  size_t experts, rank;
};

/** Codes of `bits` (2, 4 or 8) each, `columns` to a row of whole words: see harness/ops/packed-activations.ts. */
struct PackedRows {
  size_t bits, columns;
  size_t words; // of a row
  float levels; // steps to the largest number
  bool with_sign;
};

/** Members of one group, each a part of a field's vector. */
struct FieldGroup {
  const uint32_t* field; // [members]
  size_t members, width, fields, dim;
};

/** A batch, and the estimate of its gradient that it moves: inputs [k, in], outputs [k, out], sigma [k]. */
struct GradientStream {
  const float *x, *dz; // [batch, in], [batch, out]
  float *inputs, *outputs, *sigma;
  size_t batch, in, out, k, sub_batch;
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
  void (*mark_list)(const StoredFloats&, uint32_t* marks);
  /** The same of a table as it is stored. */
  void (*gather_stored)(const StoredFloats&, size_t stride, size_t width, const uint32_t* indices, size_t n, float* out);
  /** Rows of all groups, put together: y [samples, fields, dim], from one sample on. scratch: join_scratch() floats. */
  size_t (*join_scratch)(const RowGroup* groups, size_t count);
  /** False if codes are outside of their map, or of the table. */
  bool (*join_rows)(const RowGroup* groups, size_t count, size_t first, size_t samples, float* y, size_t fields, size_t dim,
                    float* scratch);
  /** dx of samples first.. , [samples, members * pieces, width]. transposed: matrices, see join_grad_x. */
  void (*join_rows_grad)(const RowGroup& group, const float* dy, const float* transposed, size_t first, size_t samples,
                         size_t fields, size_t dim, float* dx);
  void (*join_rows_grad_matrix)(const RowGroup& group, size_t member, const float* dy, float* matrix, size_t batch,
                                size_t fields, size_t dim, float* scratch);
  /** Operands repeat after `period` indices; no_row stays. out may not overlap values. */
  void (*apply_to_indices)(IndexOperation, const uint32_t* values, size_t n, const uint32_t* operands, size_t period,
                           uint32_t* out);
  /**
   * Columns of results. values: [rows, fields]; out: [rows, columns], rows out_row apart: the bits of floats with a scale. False where an index is outside of its map;
   * `outside` is then that index, and `outside_of` the map.
   */
  bool (*evaluate_indices)(const uint32_t* values, size_t rows, size_t fields, const IndexColumn* columns, size_t column_count,
                           const IndexStep* steps, const IndexMap* maps, const IndexScale* scale, uint32_t* out, size_t out_row,
                           uint32_t* outside, uint32_t* outside_of);
  /** value - first where first <= value < end, no_row elsewhere. */
  void (*indices_within)(const uint32_t* values, size_t n, const uint32_t* first, const uint32_t* end, size_t period,
                         uint32_t* out);
  /** out: [rows, count], columns of values: [rows, fields]. */
  void (*pick_columns)(const uint32_t* values, size_t rows, size_t fields, const uint32_t* columns, size_t count,
                       uint32_t* out);
  /** The first index that is neither `none` nor below `rows`, or n. */
  size_t (*first_outside)(const uint32_t* indices, size_t n, uint64_t rows);
  /**
   * Sums the gradients of entries with the same row, in order. Entries share the top `bits` of hashed(row), which a table
   * of 2^slot_bits slots, more than there are entries, leaves out. Returns how many rows there are.
   */
  size_t (*sum_entries)(const Entry* entries, size_t n, size_t width, int bits, int slot_bits, uint32_t* slots,
                        uint32_t* rows, float* sums);
  /** gradients: [n, width], one per row; states: those of the whole table. */
  void (*update_rows)(const Step&, float* table, const States& states, size_t width, const uint32_t* rows,
                      const float* gradients, size_t n);
  /** weights, gradient: [rows, width]. */
  void (*update_dense)(const Step&, float* weights, const States& states, const float* gradient, size_t rows,
                       size_t width);
  const Unary* unary;
  size_t unary_count;
  const Binary* binary;
  size_t binary_count;
  const Reduction* reductions;
  size_t reduction_count;
  /** sums[j] = the sum of x[i][j] over i < rows; `row` numbers from one i to the next. */
  void (*sum_floats)(const float* x, size_t row, size_t rows, size_t columns, double* sums);
  /** The same for sums along rows: sums[i] = the sum of x[i][j] over j < n. */
  void (*sum_rows)(const float* x, size_t rows, size_t n, double* sums);
  void (*sum_ints)(const int32_t* x, size_t row, size_t rows, size_t columns, int64_t* sums);
  /** x, y: [rows, n]; every row of y sums to 1. */
  void (*softmax)(const float* x, float* y, size_t rows, size_t n);
  void (*convert)(Type from_type, const void* from, Type to_type, void* to, size_t n);
  void (*copy)(const CopySpan&);
  /** out = where condition is 1, t, elsewhere e; `bytes` (1 or 4) a number. */
  void (*select)(const uint8_t* condition, const void* t, const void* e, void* out, size_t bytes, size_t n);
  /** out[i] = x[indices[i]], slices of `slice` bytes. */
  void (*gather_slices)(const char* x, const int32_t* indices, size_t count, size_t slice, char* out);

  /** The largest number without its sign; 0 if there is none. */
  float (*largest)(const float* x, size_t n);
  /** x: [rows, columns] -> words: [rows, words]; `inverse`: steps per 1. */
  void (*pack_rows)(const PackedRows&, const float* x, float inverse, size_t rows, uint32_t* words);
  void (*unpack_rows)(const PackedRows&, const uint32_t* words, float step, size_t rows, float* x);
  /** Sets to 0 what has the code 0. */
  void (*mask_rows)(const PackedRows&, const uint32_t* words, size_t rows, float* x);

  /** See harness/ops/join-fields.ts. x: [batch, members, width], matrices (or null): [members, width, dim]; adds to y. */
  void (*join)(const FieldGroup&, const float* x, const float* matrices, float* y, size_t batch);
  /** transposed (or null): [members, dim, width], the width filled up with zeros to whole vectors. */
  void (*join_grad_x)(const FieldGroup&, const float* dy, const float* transposed, float* dx, size_t batch);
  /** One member's matrix, [width, dim]; scratch: the same. */
  void (*join_grad_matrix)(const FieldGroup&, size_t member, const float* x, const float* dy, float* matrix, size_t batch,
                           float* scratch);

  /** The operations of models, see harness/ops. Floats of scratch memory that each call of the machine's needs. */
  size_t (*fm_scratch)(const MachineShape&);
  /** y: [batch], sums: [batch, dim - 1]; factors may be null where there are no dense features. */
  void (*fm_interact)(const MachineShape&, const float* vectors, const float* dense, const float* factors, float* y,
                      float* sums, size_t batch, float* scratch);
  void (*fm_grad)(const MachineShape&, const float* vectors, const float* sums, const float* dy, float* dvectors,
                  size_t batch, float* scratch);
  /** Adds to dfactors: [dense_fields, dim in whole vectors], coordinate 0 first. */
  void (*fm_grad_factors)(const MachineShape&, const float* dense, const float* factors, const float* sums,
                          const float* dy, size_t batch, float* dfactors, float* scratch);
  void (*first_order_sum)(const float* vectors, float* y, size_t batch, size_t fields, size_t dim);
  void (*first_order_grad)(const float* dy, float* dvectors, size_t batch, size_t fields, size_t dim);
  void (*deep_input)(const InputShape&, const float* vectors, const float* dense, float* y, size_t batch);
  void (*deep_input_grad)(const InputShape&, const float* dy, float* dvectors, size_t batch);
  /** shifts: [layers + 1, n], the sums of the biases before each layer; dots: [layers], of shifts and weights. */
  void (*cross_shifts)(const CrossShape&, const float* weights, const float* biases, float* shifts, float* dots);
  /** shift: the last one. products: [batch, layers]. */
  void (*cross_vectors)(const CrossShape&, const float* x, const float* weights, const float* shift, const float* dots,
                        float* y, float* products, size_t batch);
  /** scratch: a float for each layer. */
  void (*cross_vectors_grad)(const CrossShape&, const float* x, const float* weights, const float* dots,
                             const float* products, const float* dy, float* dx, size_t batch, const CrossSums&,
                             float* scratch);
  void (*cross_product)(const float* x0, const float* u, const float* x, float* y, size_t n);
  /** before may be null. */
  void (*cross_product_grad)(const float* dy, const float* x0, const float* u, const float* before, float* du, float* dx0,
                             size_t n);
  void (*row_dots)(const float* a, const float* b, float* y, size_t rows, size_t n);
  void (*row_dots_grad)(const float* a, const float* b, const float* dy, float* da, float* db, size_t rows, size_t n);

  /** x = tanh(x). */
  void (*set_tanh)(float* x, size_t n);
  /** d, the gradient of y = tanh(x), becomes that of x. */
  void (*tanh_grad)(float* d, const float* y, size_t n);
  /** y += a + b; b may be null. */
  void (*add_both)(float* y, const float* a, const float* b, size_t n);
  /** inner, mixed: [batch, experts, rank], mixed = inner times the expert's share; shares: [batch, experts]. */
  void (*mix_experts)(const ExpertShape&, const float* inner, const float* shares, float* mixed, size_t batch);
  /**
   * inner is the tanh of something, and shares the softmax of scores: d, the gradient of what is mixed, becomes that of the
   * something; dscores: [batch, experts].
   */
  void (*mix_experts_grad)(const ExpertShape&, const float* inner, const float* shares, float* d, float* dscores,
                           size_t batch);

  /** Floats of scratch memory that the one below needs. */
  size_t (*stream_scratch)(size_t k, size_t sub_batch);
  void (*stream_gradient)(const GradientStream&, float* scratch);
  /** Row `at` of what an estimate stands for: [out]. */
  void (*estimate_row)(const float* inputs, const float* outputs, const float* sigma, size_t k, size_t in, size_t out,
                       size_t at, float* row);

  /** Floats of a codebook that is laid out for the search below. */
  size_t (*searched_floats)(size_t codewords, size_t width);
  /** codebook: [codewords, width]; squares: `width` floats of scratch memory. */
  void (*lay_out_codebook)(const float* codebook, size_t codewords, size_t width, float* searched, float* squares);
  /** The nearest codeword of each query, the first one of equals: queries [batch, width] -> codes [batch]. codewords > 0. */
  void (*nearest_codewords)(const float* queries, size_t batch, size_t width, const float* searched, size_t codewords,
                            int32_t* codes);
};

/** Spreads rows over all 32 bits; the high ones are the mixed ones (Knuth's multiplicative hashing). */
constexpr uint32_t hashed(uint32_t row) { return row * 0x9e3779b1u; }

constexpr uint32_t no_row = 0xffffffffu;

const Kernels* kernels_baseline();
#if defined(__x86_64__)
const Kernels* kernels_avx2();
const Kernels* kernels_avx512();
#endif
