"""Answers of Leopold1423/mpe: model/embedding.py.

python mpe.py QUESTIONS CLONE
"""

import sys

import torch

from parity import answer, called, main

sys.path.insert(0, f"{sys.argv[2]}/model")
from embedding import Embedding, Lsq_Embedding, PEP_Embedding, QR_Embedding  # noqa: E402


def numbered(q):
    return q.ids + torch.tensor([sum(q.cardinalities[:f]) for f in range(q.fields)])


@answer(
    "learned-step-quantization",
    file="model/embedding.py",
    mapped="a step for each field, exp(logit) times the first one; the scale of its gradient is that of the batch and not of the table",
    compared="vectors, gradients",
)
def learned_step(q):
    bits = q.options["bits"]
    highest = 2 ** (bits - 1) - 1
    vectors = []
    for f, ids in enumerate(q.cardinalities):
        table = Lsq_Embedding(ids, q.dim, config={"bit": bits})
        table.grad_scale = torch.tensor(1 / (q.batch * q.dim * highest) ** 0.5)
        alpha = torch.exp(q.weights[0][f]) / (ids * highest) ** 0.5
        vectors.append(called(table, {"weight": q.part(0, f), "alpha": alpha}, q.ids[:, f]))
    return torch.stack(vectors, 1)


@answer(
    "pep",
    file="model/embedding.py",
    labels=["a threshold for each coordinate"],
    mapped="logits of thresholds are the first one and what is added to it",
    compared="vectors, gradients",
)
def pep(q):
    table = PEP_Embedding(sum(q.cardinalities), q.dim, config={"pep_init": q.options["start"]})
    threshold = q.options["start"] + q.tables[1][0]
    return called(table, {"weight": q.tables[0], "threshold": threshold, "mask": table.mask.data}, numbered(q))


@answer(
    "quotient-remainder",
    file="model/embedding.py",
    labels=["sum"],
    mapped="tables of our size: its quotients have up to two rows that no id has",
    compared="vectors, gradients",
)
def quotient_remainder(q):
    divisors = q.choices["divisors"]
    split = [f for f in range(q.fields) if divisors[f] != "whole"]
    vectors = []
    for f in range(q.fields):
        if f in split:
            table = QR_Embedding(q.cardinalities[f], q.dim, config={"qr_ratio": divisors[f]})
            i = split.index(f)
            given = {"embedding_q": q.part(1, i), "embedding_r": q.part(2, i)}
        else:
            table, given = Embedding(q.cardinalities[f], q.dim), {"weight": q.part(0, f)}
        vectors.append(called(table, given, q.ids[:, f]))
    return torch.stack(vectors, 1)


main("Leopold1423/mpe")
