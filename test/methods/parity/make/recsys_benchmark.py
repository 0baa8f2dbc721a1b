"""Answers of chenxing1999/recsys-benchmark: src/models/embeddings. CERP there is its authors' code, edited.

python recsys_benchmark.py QUESTIONS CLONE
"""

import importlib
import os
import sys
import tempfile
import types

import torch

from parity import answer, called, main, size, without

# Its package imports kernels for GPUs: modules are loaded one by one.
folder = os.path.join(sys.argv[2], "src/models/embeddings")
package = types.ModuleType("embeddings")
package.__path__ = [folder]
sys.modules["embeddings"] = package
without("loguru", "einops", "numba")


def load(name):
    return importlib.import_module(f"embeddings.{name}")


CerpEmbedding = load("cerp_embedding").CerpEmbedding
RetrainCerpEmbedding = load("cerp_embedding").RetrainCerpEmbedding
PepEmbeeding = load("pep_embedding").PepEmbeeding
QRHashingEmbedding = load("qr_embedding").QRHashingEmbedding
DHEmbedding = load("dh_embedding").DHEmbedding
VanillaEmbedding = load("base").VanillaEmbedding


@answer(
    "quotient-remainder",
    file="src/models/embeddings/qr_embedding.py",
    labels=["product", "sum", "halves", "large remainders"],
    mapped="the remainder's half of a concatenation, which comes first there, is put after the quotient's",
    compared="vectors, gradients, sizes",
)
def quotient_remainder(q):
    operation = {"product": "mult", "sum": "add", "concat": "cat"}[q.options.get("combine", "product")]
    divisors = q.choices["divisors"]
    split = [f for f in range(q.fields) if divisors[f] != "whole"]
    first = 1 if len(split) < q.fields else 0
    vectors, parameters = [], 0
    for f in range(q.fields):
        if f in split:
            i = split.index(f)
            table = QRHashingEmbedding(q.cardinalities[f], q.dim, divider=divisors[f], operation=operation)
            given = {"emb1.weight": q.part(first + 1, i), "emb2.weight": q.part(first, i)}
        else:
            table = VanillaEmbedding(q.cardinalities[f], q.dim)
            given = {"_emb_module.weight": q.part(0, [g for g in range(q.fields) if g not in split].index(f))}
        found = called(table, given, q.ids[:, f])
        vectors.append(found.roll(q.dim // 2, 1) if f in split and operation == "cat" else found)
        parameters += size(table)
    return torch.stack(vectors, 1), {"parameters": parameters}


@answer(
    "pep",
    file="src/models/embeddings/pep_embedding.py",
    labels=[
        "a threshold for each float",
        "a threshold for all",
        "a threshold for each coordinate",
        "a threshold for each id",
    ],
    mapped="logits of thresholds are the first one and what is added to it",
    compared="vectors, gradients, sizes",
)
def pep(q):
    kind = {"entry": "feature_dim", "global": "global", "dim": "dimension", "row": "feature"}
    start = q.options["start"]
    with tempfile.TemporaryDirectory() as nowhere:
        granularity = kind[q.options.get("granularity", "entry")]
        table = PepEmbeeding(
            q.cardinalities, q.dim, checkpoint_weight_dir=nowhere, init_threshold=start, threshold_type=granularity
        )
    ids = q.ids + torch.tensor([sum(q.cardinalities[:f]) for f in range(q.fields)])
    s = (start + q.tables[1]).reshape(table.s.shape)
    return called(table, {"emb.weight": q.tables[0], "s": s}, ids), {"parameters": size(table)}


@answer(
    "cerp",
    file="src/models/embeddings/cerp_embedding.py",
    mapped="a threshold for each row, not each float, and in parts of the row's first range; the penalty is a mean over vectors of the batch and not a sum over rows; in retraining the constructor, which reads files of a search, does not run",
    compared="vectors, penalty, gradients, rows of both tables",
)
def cerp(q):
    if q.label == "retraining":
        return cerp_retrained(q)
    pairs = q.fields
    buckets = q.choices["buckets"]
    # Parts of our table: uncompressed fields, then quotients, then remainders.
    kept = len(q.parts[0]) - 2 * len(buckets)
    assert kept == 0 and pairs == len(buckets)
    ranges = q.given["ranges"]
    vectors, quotients, remainders = [], [], []
    for f in range(q.fields):
        rows = buckets[f]
        table = CerpEmbedding(q.cardinalities[f], q.dim, bucket_size=rows, threshold_init=0.0)

        def padded(part):
            own = q.part(0, part)
            # The logit of sigmoid(s) times the range.
            share = torch.sigmoid(q.part(1, part)) * ranges[part]
            logits = torch.log(share / (1 - share)).expand(-1, q.dim)
            more = torch.zeros(rows - len(own), q.dim, dtype=own.dtype)
            return torch.cat([own, more]), torch.cat([logits, more])

        q_weight, q_threshold = padded(f)
        p_weight, p_threshold = padded(q.fields + f)
        given = {
            "q_weight": q_weight, "q_threshold": q_threshold, "p_weight": p_weight, "p_threshold": p_threshold
        }
        vectors.append(called(table, given, q.ids[:, f]))
        quotients.append(torch.div(q.ids[:, f], table.q_entity_per_row, rounding_mode="trunc") + q.first(0, f))
        remainders.append(q.ids[:, f] % rows + q.first(0, q.fields + f))
    found = torch.stack(vectors, 1)
    rows = [torch.stack(each, 1).flatten().tolist() for each in (quotients, remainders)]
    more = {"rows": {"0": rows[0], "1": rows[0], "2": rows[1], "3": rows[1]}}
    if "training" in q.asked:
        # Its loss of vectors, see get_prune_and_reg_loss_lightgcn: -|tanh(100 e)|^2.
        pruned = types.SimpleNamespace(sparse_p_weight=found.flatten(), sparse_q_weight=0)
        penalty = CerpEmbedding.get_prune_loss(pruned) / found.numel()
        more["penalty"] = q.options["diversity"] * penalty
    return found, more


def cerp_retrained(q):
    vectors = []
    for f, rows in enumerate(q.choices["buckets"]):
        # Its constructor reads files of a search; what it makes of them is set here.
        table = RetrainCerpEmbedding.__new__(RetrainCerpEmbedding)
        torch.nn.Module.__init__(table)
        table._bucket_size, table._mode, table._sparse = rows, None, False
        table.q_entity_per_row = -(-q.cardinalities[f] // rows)
        table.sparse_q_weight = table.sparse_p_weight = None
        weights = {}
        for name, part in (("q", f), ("p", q.fields + f)):
            own = q.part(0, part)
            weights[f"{name}_weight"] = torch.cat([own, torch.zeros(rows - len(own), q.dim, dtype=own.dtype)])
            setattr(table, f"{name}_weight", torch.nn.Parameter(torch.empty(rows, q.dim)))
            setattr(table, f"{name}_mask", (weights[f"{name}_weight"] != 0).detach())
        vectors.append(called(table, weights, q.ids[:, f]))
    return torch.stack(vectors, 1)


@answer(
    "deep-hash",
    file="src/models/embeddings/dh_embedding.py",
    labels=["mish"],
    mapped="encodings of ids are given; without batch norm; the activation after the last layer is left out, which the paper does not have",
    compared="vectors, gradients, sizes",
)
def deep_hash(q):
    encodings = torch.tensor(q.given["encodings"], dtype=torch.float64).reshape(-1, q.weights[0].shape[0])
    coded = q.given["coded"]
    layers = len(q.weights) // 2
    hidden = [int(q.weights[2 * i].shape[1]) for i in range(layers - 1)]
    assets = os.path.join(sys.argv[2], "src/assets/large_prime_74518.json")
    network = DHEmbedding(
        1, q.dim, inp_size=q.weights[0].shape[0], hidden_sizes=hidden, use_bn=0, cached=False, prime_file=assets
    )
    network._seq = network._seq[:-1]
    given = {}
    for i in range(layers):
        given[f"{2 * i}.weight"] = q.weights[2 * i].T
        given[f"{2 * i}.bias"] = q.weights[2 * i + 1]
    decoded = called(network._seq, given, encodings).reshape(q.batch, len(coded), q.dim)
    kept = [f for f in range(q.fields) if f not in coded]
    vectors = [
        decoded[:, coded.index(f)] if f in coded else q.part(0, kept.index(f))[q.ids[:, f]] for f in range(q.fields)
    ]
    rows = sum(q.cardinalities[f] for f in kept) * q.dim
    return torch.stack(vectors, 1), {"parameters": size(network._seq) + rows}


main("chenxing1999/recsys-benchmark")
