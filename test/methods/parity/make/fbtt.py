"""Answers of facebookresearch/FBTT-Embedding: the matrix that cores stand for, by tt_matrix_to_full, which its own tests use.

python fbtt.py QUESTIONS CLONE
"""

import sys

import torch

from parity import answer, main, without

sys.path.insert(0, sys.argv[2])
without("tt_embeddings", "torchrec")
from tt_embeddings_ops import tt_matrix_to_full  # noqa: E402


@answer(
    "tensor-train",
    file="tt_embeddings_ops.py",
    labels=["highest digit first", "two cores"],
    compared="vectors, gradients, sizes",
)
def tensor_train(q):
    cores = len(q.tables)
    ranks = [1, *[q.options["rank"]] * (cores - 1), 1]
    widths = q.choices["factors"]
    vectors = []
    for f in range(q.fields):
        rows = [q.parts[core][f] for core in range(cores)]
        full = tt_matrix_to_full(rows, widths, ranks, [q.part(core, f)[None] for core in range(cores)], [1, 0, 2, 3])
        vectors.append(full[q.ids[:, f]][:, : q.dim])
    return torch.stack(vectors, 1), {"parameters": sum(table.numel() for table in q.tables)}


main("facebookresearch/FBTT-Embedding")
