"""Answers of apd10/universal_memory_allocation: hashedEmbeddingCPU.py, the authors' ROBE on a processor.

python universal_memory.py QUESTIONS CLONE
"""

import sys

import torch

from parity import answer, main

sys.path.insert(0, sys.argv[2])
from hashedEmbeddingCPU import UMAEmbeddingFunc  # noqa: E402

# Its backward asks for what newer versions of PyTorch call saved_tensors.
torch.autograd.function.FunctionCtx.saved_variables = property(lambda ctx: ctx.saved_tensors)

large_prime = 2038074743


def read(memory, starts, block, dim):
    """Vectors [ids, dim]. starts: [ids, blocks]. With the factor of ids and of blocks at 0, only what is added to them is left."""
    zeros = torch.zeros(dim, dtype=torch.long)
    offsets = torch.arange(dim) % block
    given = starts.repeat_interleave(block, 1)[:, :dim]
    ids = torch.zeros(len(starts), dtype=torch.long)
    return UMAEmbeddingFunc.apply(
        memory, ids, dim, 0, large_prime, given, 0, 0, memory.numel(), zeros, zeros, offsets, block
    )


@answer(
    "robe",
    file="hashedEmbeddingCPU.py",
    labels=["inside", "inside, single floats"],
    dtype=torch.float32,
    mapped="hash functions are ours: first floats of blocks are given",
    compared="vectors, gradients, sizes",
)
def robe(q):
    block = q.options["block"]
    blocks = -(-q.dim // block)
    memory = q.tables[0].flatten()
    starts = q.looked_up(0).reshape(q.batch, q.fields, blocks)
    vectors = [read(memory, starts[:, f], block, q.dim) for f in range(q.fields)]
    return torch.stack(vectors, 1), {"parameters": memory.numel()}


@answer(
    "lma",
    file="hashedEmbeddingCPU.py",
    dtype=torch.float32,
    mapped="hash functions are ours: the float of every coordinate is given. Its hash of signatures is in CUDA alone",
    compared="vectors, gradients, sizes",
)
def lma(q):
    memory = q.tables[0].flatten()
    places = q.looked_up(0).reshape(q.batch, q.fields, q.dim)
    vectors = [read(memory, places[:, f], 1, q.dim) for f in range(q.fields)]
    return torch.stack(vectors, 1), {"parameters": memory.numel()}


main("apd10/universal_memory_allocation")
