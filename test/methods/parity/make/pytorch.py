"""Answers of PyTorch itself: pruning, FBGEMM's rows of 8, 4 and 2 bits, Adam, and singular values.

python pytorch.py QUESTIONS
"""

import torch
from torch.nn.utils import prune

from parity import answer, main, numbers, procedure


def full(q):
    offsets = torch.tensor([sum(q.cardinalities[:f]) for f in range(q.fields)])
    return lambda table: table[q.ids + offsets]


@answer(
    "magnitude-pruning",
    file="torch/nn/utils/prune.py",
    mapped="number of floats, or rows, that stay is given",
    compared="vectors, gradients, which floats or rows are served",
)
def magnitude_pruning(q):
    look_up = full(q)
    table = torch.nn.Module()
    table.weight = torch.nn.Parameter(q.tables[0].detach().clone())
    units = len(table.weight) if q.options.get("granularity") == "row" else table.weight.numel()
    dropped = units - round(q.choices["left"] * units)
    if q.options.get("granularity") == "row":
        prune.ln_structured(table, "weight", dropped, n=2, dim=0)
    else:
        prune.global_unstructured([(table, "weight")], prune.L1Unstructured, amount=dropped)
    return look_up(q.tables[0]), {"served": look_up(table.weight)}


@answer(
    "svd",
    file="torch.linalg.svd",
    how="formula of",
    mapped="ranks are given",
    compared="vectors, gradients, served vectors",
)
def svd(q):
    look_up = full(q)
    served = []
    for f, rank in enumerate(q.choices["ranks"]):
        rows = q.part(0, f).detach()
        counts = torch.ceil(1000 / (torch.arange(len(rows), dtype=torch.float64) + 1))
        if not q.options.get("weighted", True):
            counts = torch.ones_like(counts)
        mean = (counts[:, None] * rows).sum(0) / counts.sum() if q.options.get("centred", True) else 0
        roots = torch.sqrt(counts)[:, None]
        u, s, v = torch.linalg.svd(roots * (rows - mean), full_matrices=False)
        near = (u[:, :rank] * s[:rank]) @ v[:rank] / roots + mean
        served.append(rows if rank == q.dim else near)
    return look_up(q.tables[0]), {"served": look_up(torch.cat(served))}


@procedure("fp16", file="torch.Tensor.half", compared="values of 16 bits")
def fp16():
    draw = torch.Generator().manual_seed(3)
    values = torch.cat([torch.randn(40, generator=draw), torch.randn(20, generator=draw) * 1e-5, torch.tensor([65504.0, 1e-8, 0.0])])
    yield {"label": "values", "input": {"values": numbers(values)}, "expected": {"decoded": numbers(values.half().float())}}


def rows(count, width, steps, seed):
    """Rows whose range is `steps` whole multiples of 1/256 wide: scale and offset are 16-bit floats."""
    draw = torch.Generator().manual_seed(seed)
    whole = torch.randint(0, 8 * steps + 1, (count, width), generator=draw).float() / 8
    whole[:, 0], whole[:, 1] = 0, steps
    scale = torch.randint(1, 9, (count, 1), generator=draw).float() / 256
    offset = torch.randint(-99, 100, (count, 1), generator=draw).float() / 256
    # Eighths of a step: none is half way between two codes but those that are left out.
    whole = torch.where((whole * 8).int() % 8 == 4, whole + 0.125, whole)
    return whole * scale + offset


for bits in (8, 4, 2):

    def quantized(bits=bits):
        given = rows(5, 16, 2**bits - 1, bits)
        name = "byte" if bits == 8 else f"{bits}bit"
        packed = getattr(torch.ops.quantized, f"embedding_bag_{name}_prepack")(given)
        yield {
            "label": "whole range",
            "input": {"bits": bits, "range": "min-max", "width": 16, "values": numbers(given)},
            "expected": {
                "bytes": packed.flatten().tolist(),
                "decoded": numbers(getattr(torch.ops.quantized, f"embedding_bag_{name}_unpack")(packed)),
            },
        }

    procedure(
        f"int{bits}",
        file="aten/src/ATen/native/quantized/cpu/qembeddingbag_prepack.cpp",
        compared="bytes of rows, decoded rows",
        **({} if bits == 8 else {"mapped": "scale and offset are 16-bit floats as they are: other offsets are rounded down here, to the nearest there; the search for a narrower range is not compared, ours takes the best one on its way"}),
    )(quantized)


@procedure("leverage", file="torch.linalg.pinv", how="formula of", compared="scores of rows")
def leverage():
    draw = torch.Generator().manual_seed(11)
    sizes, dim = [7, 12], 4
    table = torch.randn(sum(sizes), dim, generator=draw, dtype=torch.float64).float().double()
    counts = torch.randint(1, 50, (sum(sizes),), generator=draw).double()
    first = 0
    centred = []
    for ids in sizes:
        own, seen = table[first : first + ids], counts[first : first + ids, None]
        centred.append(own - (seen * own).sum(0) / seen.sum())
        first += ids
    centred = torch.cat(centred)
    for score, weighted in (("leverage", False), ("frequency-leverage", True)):
        matrix = torch.sqrt(counts)[:, None] * centred if weighted else centred
        scores = torch.diagonal(matrix @ torch.linalg.pinv(matrix))
        yield {
            "label": score,
            "input": {"sizes": sizes, "dim": dim, "score": score, "counts": counts.int().tolist(), "values": numbers(table)},
            "expected": {"scores": numbers(scores)},
        }


main("pytorch/pytorch", torch.version.git_version)
