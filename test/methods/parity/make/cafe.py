"""Answers of HugoZHL/CAFE: its sketch, compiled from ArtifactEvaluation/embeddings/sketch.cpp with g++, and its AdaEmbed.

python cafe.py QUESTIONS CLONE
"""

import contextlib
import ctypes
import io
import os
import random
import subprocess
import sys
import tempfile

import numpy as np
import torch

from parity import answer, main, procedure

folder = os.path.join(sys.argv[2], "ArtifactEvaluation/embeddings")
sys.path.insert(0, folder)
sys.path.insert(0, os.path.join(sys.argv[2], "tricks"))
from adaembed import adaEmbeddingBag  # noqa: E402
from hash_embedding_bag import HashEmbeddingBag  # noqa: E402
from off_embedding_bag import OffEmbeddingBag  # noqa: E402
from parity import called, size  # noqa: E402


@answer(
    "hashing-trick",
    file="ArtifactEvaluation/embeddings/hash_embedding_bag.py",
    labels=["modulo"],
    mapped="number of rows is given",
    compared="vectors, gradients, sizes",
)
def hashing_trick(q):
    vectors, parameters = [], 0
    for f, rows in enumerate(q.parts[0]):
        bag = HashEmbeddingBag(q.cardinalities[f], q.dim, rows / q.cardinalities[f], mode="sum")
        bag.real_n = rows
        bag.weight = torch.nn.Parameter(torch.empty(rows, q.dim))
        vectors.append(called(bag, {"weight": q.part(0, f)}, q.ids[:, f : f + 1]))
        parameters += size(bag)
    return torch.stack(vectors, 1), {"parameters": parameters}


@answer(
    "frequency-truncation",
    file="ArtifactEvaluation/embeddings/off_embedding_bag.py",
    labels=["a row for the rest"],
    mapped="frequent ids are given",
    compared="vectors, gradients, sizes",
)
def frequency_truncation(q):
    vectors, parameters = [], 0
    for f, kept in enumerate(q.choices["kept"]):
        ids = np.arange(q.cardinalities[f])
        rest = 1 if kept < len(ids) else 0
        bag = OffEmbeddingBag(kept, rest, q.dim, np.where(ids < kept, ids, -1), "cpu")
        weights = {}
        for part, rows in (("hot", q.part(0, f)[:kept]), ("cold", q.part(0, f)[kept:])):
            table = getattr(bag, f"weight_{part}")
            if table is not None:
                table.sparse = False
                weights[f"weight_{part}.weight"] = rows
        vectors.append(called(bag, weights, q.ids[:, f : f + 1].flatten(), torch.arange(q.batch)))
        parameters += size(bag)
    return torch.stack(vectors, 1), {"parameters": parameters}


def sketch_library():
    library = os.path.join(tempfile.mkdtemp(), "sketch.so")
    subprocess.check_call(["g++", "-O1", "-shared", "-fPIC", "-o", library, os.path.join(folder, "sketch.cpp")])
    return ctypes.CDLL(library)


@procedure(
    "cafe",
    file="ArtifactEvaluation/embeddings/sketch.cpp",
    mapped="ids of ours that fall into the bucket of theirs; which row an id gets is left open; a row less than buckets",
    compared="which id gains or loses a row at which look-up, through decays",
)
def hot_sketch():
    library = sketch_library()
    for label, buckets, threshold, ids, many in (
        ("few ids", 8, 4, 24, 400),
        ("rows run out", 3, 6, 40, 600),
        ("one bucket", 2, 3, 9, 300),
    ):
        draw = random.Random(label)
        library.init(buckets, threshold, ctypes.c_double(0.99), 0)
        stream, weights, events, before = [], [], [], [False] * ids
        known = (ctypes.c_uint32 * ids)(*range(ids))
        library.batch_query.restype = ctypes.POINTER(ctypes.c_int * ids)
        for time in range(many):
            # The lower an id, the more often; weights are whole sixteenths, exact in single precision.
            id = min(int(draw.expovariate(4 / ids)), ids - 1)
            weight = draw.randint(1, 48) / 16
            one, value = (ctypes.c_uint32 * 1)(id), (ctypes.c_float * 1)(weight)
            library.batch_insert_val(one, value, 1, 0)
            found = library.batch_query(known, ids, 0).contents
            stream.append(id)
            weights.append(weight)
            now = [row < 0 for row in found]
            events += [[time, id, int(now[id])] for id in range(ids) if now[id] != before[id]]
            before = now
        yield {
            "label": label,
            "input": {"buckets": buckets, "rows": buckets - 1, "threshold": threshold, "decay": 0.99, "ids": stream, "weights": weights},
            "expected": {"events": sum(events, [])},
        }


@procedure(
    "ada-embed",
    file="tricks/adaembed.py",
    mapped="scores are given; rows start as zeros; which row an id gets is left open",
    compared="ids that own a row, after every comparison",
)
def ada_embed():
    numbers = np.random.RandomState(5)
    ids, rows = 60, 12
    with contextlib.redirect_stdout(io.StringIO()):
        bag = adaEmbeddingBag(0, torch.zeros(rows + 1, 4), np.zeros(ids, dtype=int), 1, "cpu", ids, 4)
    bag.hot_num = rows
    bag.cnt = np.zeros(ids, dtype=np.float32)
    added, owners = [], []
    for _ in range(6):
        gained = numbers.permutation(ids).astype(np.float32) + numbers.randint(1, 9, ids) * 8
        bag.cnt += gained
        bag.rebuild()
        added.append(gained.tolist())
        owners.append((bag.dic != 0).astype(int).tolist())
        bag.cnt = (bag.cnt * np.float32(0.75)).astype(np.float32)
    yield {
        "label": "scores rise and decay",
        "input": {"ids": ids, "rows": rows, "decay": 0.75, "added": added},
        "expected": {"owners": sum(owners, [])},
    }


main("HugoZHL/CAFE")
