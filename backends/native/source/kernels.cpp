// Compiled once for each instruction set (see vector.h).
#include "kernels.h"

#include "binary.h"
#include "copies.h"
#include "cross-entropy.h"
#include "cross-layers.h"
#include "deep-input.h"
#include "fm-interaction.h"
#include "gradient-stream.h"
#include "index-loops.h"
#include "interaction.h"
#include "join-fields.h"
#include "packed-rows.h"
#include "product.h"
#include "nearest-codewords.h"
#include "reductions.h"
#include "rows.h"
#include "stored-rows.h"
#include "join-rows.h" // behind both: it reads rows and adds them
#include "join-rows-grad.h"
#include "unary.h"
#include "vector-product.h"
#include "cross-factors.h" // behind unary.h, whose tanh it uses: rows.h has another Step

#define EMBED_JOIN(a, b) a##b
#define EMBED_NAME(set) EMBED_JOIN(kernels_, set)
#define EMBED_TEXT(x) #x
#define EMBED_STRING(x) EMBED_TEXT(x)

const Kernels* EMBED_NAME(EMBED_SET)() {
  static const Kernels kernels{
      EMBED_STRING(EMBED_SET), tile_rows, panel_width,
      packed_floats, pack_b, product_block, vector_product,
      interact_scratch, interact, interact_grad,
      cross_entropy, cross_entropy_grad,
      gather, mark_list, gather_stored, join_scratch, join_rows, join_rows_grad, join_rows_grad_matrix, apply_to_indices, evaluate_indices, indices_within, pick_columns, first_outside, sum_entries, update_rows, update_dense,
      unary_table, sizeof unary_table / sizeof *unary_table,
      binary_table, sizeof binary_table / sizeof *binary_table,
      reduction_table, sizeof reduction_table / sizeof *reduction_table,
      sum_floats, sum_rows, sum_ints, softmax,
      convert, copy, select_numbers, gather_slices,
      largest, pack_rows, unpack_rows, mask_rows,
      join, join_grad_x, join_grad_matrix,
      fm_scratch, fm_interact, fm_grad, fm_grad_factors, first_order_sum, first_order_grad, deep_input, deep_input_grad,
      cross_shifts, cross_vectors, cross_vectors_grad, cross_product, cross_product_grad, row_dots, row_dots_grad,
      set_tanh, tanh_grad, add_both, mix_experts, mix_experts_grad,
      stream_scratch, stream_gradient, estimate_row,
      searched_floats, lay_out_codebook, nearest_codewords,
  };
  return &kernels;
}
