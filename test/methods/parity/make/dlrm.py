"""Answers of facebookresearch/dlrm: tricks/qr_embedding_bag.py and tricks/md_embedding_bag.py.

python dlrm.py QUESTIONS CLONE
"""

import sys

import torch

from parity import answer, called, main, size

sys.path.insert(0, sys.argv[2])
from tricks.md_embedding_bag import PrEmbeddingBag, md_solver  # noqa: E402
from tricks.qr_embedding_bag import QREmbeddingBag  # noqa: E402

operations = {"product": "mult", "sum": "add", "concat": "concat"}


def whole(question, field, rows):
    bag = torch.nn.EmbeddingBag(len(rows), question.dim, mode="sum")
    return called(bag, {"weight": rows}, question.ids[:, field : field + 1]), size(bag)


@answer(
    "quotient-remainder",
    file="tricks/qr_embedding_bag.py",
    compared="vectors, gradients, rows of both tables, sizes",
    mapped="a concatenation is of halves of a vector, its parameter embedding_dim is (d/2, d/2)",
)
def quotient_remainder(q):
    combine = q.options.get("combine", "product")
    divisors = q.choices["divisors"]
    split = [f for f in range(q.fields) if divisors[f] != "whole"]
    kept = [f for f in range(q.fields) if f not in split]
    first = 1 if kept else 0
    quotients, remainders = [], []
    vectors, parameters = [], 0
    for f in range(q.fields):
        if f in kept:
            found, count = whole(q, f, q.part(0, kept.index(f)))
        else:
            i = split.index(f)
            width = [q.dim // 2, q.dim // 2] if combine == "concat" else q.dim
            bag = QREmbeddingBag(
                q.cardinalities[f], width, divisors[f], operation=operations[combine], mode="sum"
            )
            weights = {"weight_q": q.part(first, i), "weight_r": q.part(first + 1, i)}
            assert weights["weight_q"].shape == bag.weight_q.shape and weights["weight_r"].shape == bag.weight_r.shape
            found, count = called(bag, weights, q.ids[:, f : f + 1]), size(bag)
            quotients.append((q.ids[:, f] / divisors[f]).long() + q.first(first, i))
            remainders.append(torch.remainder(q.ids[:, f], divisors[f]) + q.first(first + 1, i))
        vectors.append(found)
        parameters += count
    rows = {"0": torch.stack(quotients, 1).flatten().tolist(), "1": torch.stack(remainders, 1).flatten().tolist()}
    return torch.stack(vectors, 1), {"parameters": parameters, "rows": rows}


def projected(q, widths):
    """One PrEmbeddingBag for a field. Our tables and projections are by width, in the order in which widths come up."""
    tables = list(dict.fromkeys(widths))
    narrow = [width for width in tables if width < q.dim]
    vectors, parameters = [], 0
    for f, width in enumerate(widths):
        at = sum(other == width for other in widths[:f])
        bag = PrEmbeddingBag(q.cardinalities[f], width, q.dim)
        bag.embs.sparse = False  # gradients of tables are wanted as tables
        given = {"embs.weight": q.part(tables.index(width), at)}
        if width < q.dim:
            given["proj.weight"] = q.weights[narrow.index(width)][at].T
        vectors.append(called(bag, given, q.ids[:, f : f + 1]))
        parameters += size(bag)
    return torch.stack(vectors, 1), {"parameters": parameters, "choices": {"widths": widths}}


@answer("mixed-dimension", file="tricks/md_embedding_bag.py", compared="vectors, gradients, widths, sizes")
def mixed_dimension(q):
    widths = md_solver(
        torch.tensor(q.cardinalities),
        q.options["temperature"],
        d0=q.dim,
        round_dim=q.options.get("rounding") == "power-of-two",
    )
    widths = [int(width) for width in widths]
    vectors, more = projected(q, widths)
    return vectors, {**more, "choices": {"widths": [[width] for width in widths]}}


@answer(
    "uniform",
    file="tricks/md_embedding_bag.py",
    mapped="one width for all fields, which is given",
    compared="vectors, gradients, sizes",
)
def uniform(q):
    vectors, more = projected(q, [q.choices["width"]] * q.fields)
    return vectors, {"parameters": more["parameters"]}


main("facebookresearch/dlrm")
