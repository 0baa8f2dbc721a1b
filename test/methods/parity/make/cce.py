"""Answers of thomasahle/cce. Its hashes are replaced by ours, as a table from ids to rows; all else is its own code.

python cce.py QUESTIONS CLONE
"""

import sys

import torch

from parity import Given, answer, called, main, size, without

sys.path.insert(0, sys.argv[2])
without("faiss", "tqdm", "ortools", "ortools.linear_solver", "sklearn", "scipy", "scipy.optimize", "cvxpy")
import cce  # noqa: E402
from cce._tools import KMeans  # noqa: E402
from cce.bloom import BloomEmbedding  # noqa: E402
from cce.cce import CCEmbedding  # noqa: E402
from cce.ce import CompositionalEmbedding  # noqa: E402
from cce.dhe import DeepHashEmbedding  # noqa: E402
from cce.hash import QRHash  # noqa: E402
from cce.hashnet import HashNetEmbedding  # noqa: E402
from cce.hemb import METHOD_ORIGINAL, HashEmbedding, HashEmbedding2  # noqa: E402
from cce.low_dimensional import LowDimensionalEmbedding  # noqa: E402
from cce.robe import RobeEmbedding  # noqa: E402
from cce.tt import TensorTrainEmbedding  # noqa: E402

hashed = "hash functions are ours: rows of ids are given"


def by_field(q, embed):
    """embed(field) -> (vectors [batch, dim], trained floats)."""
    found = [embed(f) for f in range(q.fields)]
    return torch.stack([vectors for vectors, _ in found], 1), {"parameters": sum(count for _, count in found)}


def given(q, lookup, field, table, part, hashes, pieces=1):
    """Our rows of a field's ids, counted from the first row of the field's part (or of each of its parts)."""
    rows = q.looked_up(lookup)[:, field * hashes : (field + 1) * hashes]
    firsts = torch.tensor([q.first(table, part + (t if pieces > 1 else 0)) for t in range(hashes)])
    return Given(q.ids[:, field], rows - firsts, q.parts[table][part])


@answer("full", file="cce/__init__.py", compared="vectors, gradients, sizes")
def full(q):
    def embed(f):
        table = cce.make_embedding(q.cardinalities[f], None, q.dim, "full", 1, False)
        return called(table, {"weight": q.part(0, f)}, q.ids[:, f]), size(table)

    return by_field(q, embed)


@answer("hashing-trick", file="cce/ce.py", labels=["hash"], mapped=hashed, compared="vectors, gradients, sizes")
def hashing_trick(q):
    def embed(f):
        table = CompositionalEmbedding(q.parts[0][f], q.dim, given(q, 0, f, 0, f, 1))
        return called(table, {"table": q.part(0, f)[:, None]}, q.ids[:, f]), size(table)

    return by_field(q, embed)


@answer(
    "bloom",
    file="cce/bloom.py",
    mapped=f"{hashed}; its mean of rows is multiplied by their number, because the paper adds them; signs are ours",
    compared="vectors, gradients, sizes",
)
def bloom(q):
    hashes = q.options.get("hashes", 4)
    shared = q.options.get("shared") == "all"

    def embed(f):
        rows = q.parts[0][0 if shared else f]
        table = BloomEmbedding(rows, q.dim, given(q, 0, f, 0, 0 if shared else f, hashes), "signs" in q.given)
        if "signs" in q.given:
            signs = torch.tensor(q.given["signs"]).reshape(q.batch, q.fields, hashes)[:, f]
            table.sign_hash = Given(q.ids[:, f], (signs + 1) // 2, 2)
        values = q.tables[0] if shared else q.part(0, f)
        return hashes * called(table, {"table": values}, q.ids[:, f]), size(table)

    vectors, more = by_field(q, embed)
    return vectors, ({} if shared else more)


@answer(
    "hash-embeddings",
    file="cce/hemb.py",
    mapped=f"{hashed}; sizes of both tables are ours; appended weights are scaled by 1/sqrt(n) of a field and not 1/sqrt(d)",
    compared="vectors, gradients",
)
def hash_embeddings(q):
    hashes = q.options.get("hashes", 2)

    def embed(f):
        rows, weights = q.part(0, f), q.part(1, f)
        if q.options.get("append"):
            # The scale of appended weights is the root of what the class knows as the width.
            table = HashEmbedding2(1000, q.dim, hashes)
            table.dim = q.cardinalities[f]
        else:
            table = HashEmbedding(1000, q.dim, hashes, method=METHOD_ORIGINAL)
        table.hash0 = given(q, 1, f, 0, f, hashes)
        table.hash1 = given(q, 0, f, 1, f, 1)
        return called(table, {"table": rows, "weights": weights}, q.ids[:, f]), size(table)

    return by_field(q, embed)[0]


@answer(
    "robe",
    file="cce/robe.py",
    labels=["circular", "circular, one block"],
    mapped=f"{hashed}, the first float of each block",
    compared="vectors, gradients",
)
def robe(q):
    block = q.options["block"]
    blocks = q.dim // block
    shared = q.options["shared"] == "all"

    def embed(f):
        part = 0 if shared else f
        floats = q.looked_up(0)[:, f * q.dim : (f + 1) * q.dim : block]
        starts = Given(q.ids[:, f], floats - q.first(0, part), q.parts[0][part])
        table = RobeEmbedding(q.parts[0][part], block, starts)
        assert starts.num_hashes == blocks
        return called(table, {"table": q.part(0, part)[:, 0]}, q.ids[:, f]), size(table)

    return by_field(q, embed)[0]


@answer("hashed-nets", file="cce/hashnet.py", mapped=hashed, compared="vectors, gradients")
def hashed_nets(q):
    shared = q.options.get("shared") == "all"

    def embed(f):
        part = 0 if shared else f
        table = HashNetEmbedding(q.parts[0][part], given(q, 0, f, 0, part, q.dim))
        return called(table, {"table": q.part(0, part)[:, 0]}, q.ids[:, f]), size(table)

    return by_field(q, embed)[0]


@answer("concatenated-hashing", file="cce/ce.py", mapped=hashed, compared="vectors, gradients, sizes")
def concatenated_hashing(q):
    chunks = q.options.get("chunks", 4)

    def embed(f):
        pieces = [q.part(0, f * chunks + t) for t in range(chunks)]
        hash = given(q, 0, f, 0, f * chunks, chunks, chunks)
        table = CompositionalEmbedding(len(pieces[0]), q.dim // chunks, hash)
        return called(table, {"table": torch.stack(pieces, 1)}, q.ids[:, f]), size(table)

    return by_field(q, embed)


@answer(
    "cce",
    file="cce/cce.py",
    mapped="hashes are given; of a clustering the centroids, which ours has made, and what finds the nearest of them ran; fields of few ids are whole",
    compared="vectors, gradients, clusters of ids, sizes",
)
def clustered(q):
    chunks = q.options["chunks"]
    width = q.dim // chunks
    coded = [f for f in range(q.fields) if len(q.parts[0]) and q.cardinalities[f] not in q.parts[0]]
    kept = [f for f in range(q.fields) if f not in coded]
    first = 1 if kept else 0
    before = torch.tensor(q.given.get("before", [0] * q.ids.numel() * q.dim), dtype=torch.float64)
    before = before.reshape(q.batch, q.fields, q.dim)
    found = []

    def embed(f):
        if f in kept:
            rows = q.part(0, kept.index(f))
            table = torch.nn.Embedding(*rows.shape)
            return called(table, {"weight": rows}, q.ids[:, f]), size(table)
        i = coded.index(f)
        rows = q.parts[first][i * chunks]
        table = CCEmbedding(q.cardinalities[f], rows * q.dim * 2, width, chunks)
        # Lookups of our plan: first rows, second rows, rows of whole fields.
        for lookup, name in ((0, "h0"), (1, "h1")):
            ours = q.looked_up(lookup)[:, i * chunks : (i + 1) * chunks]
            firsts = torch.tensor([q.first(first + lookup, i * chunks + t) for t in range(chunks)])
            getattr(table, name).data[q.ids[:, f]] = ours - firsts
        if q.label == "clustered":
            for t in range(chunks):
                nearest = KMeans(rows, 0, 1, seed=0)
                nearest.centroids = q.part(first, i * chunks + t).detach()
                vectors = before[:, f, t * width : (t + 1) * width]
                table.h0.data[q.ids[:, f], t] = nearest.find_nearest(vectors)
                found.append(table.h0.data[q.ids[:, f], t] + q.first(first, i * chunks + t))
        tables = {
            f"table{k}": torch.stack([q.part(first + k, i * chunks + t) for t in range(chunks)], 1) for k in (0, 1)
        }
        return called(table, tables, q.ids[:, f]), size(table)

    vectors, more = by_field(q, embed)
    clusters = {"rows": {"0": torch.stack(found, 1).flatten().tolist()}} if found else {}
    return vectors, {**more, **clusters}


@answer(
    "learned-hash",
    file="cce/ce.py",
    mapped="clusters of ids are given; fields of few ids are whole",
    compared="served vectors, gradients, sizes",
)
def learned_hash(q):
    clusters = q.choices["clusters"]
    coded = [f for f in range(q.fields) if clusters[f] > 0]
    kept = [f for f in range(q.fields) if f not in coded]

    def embed(f):
        if f in kept:
            rows = q.part(0, kept.index(f))
            table = torch.nn.Embedding(*rows.shape)
            return called(table, {"weight": rows}, q.ids[:, f]), size(table)
        i = coded.index(f)
        rows = q.looked_up(1)[:, i : i + 1] - q.first(1, i)
        table = CompositionalEmbedding(clusters[f], q.dim, Given(q.ids[:, f], rows, clusters[f]))
        return called(table, {"table": q.part(1, i)[:, None]}, q.ids[:, f]), size(table)

    return by_field(q, embed)


@answer(
    "tensor-train",
    file="cce/tt.py",
    labels=["lowest digit first", "two cores"],
    mapped="cores have as many slices as ours, up to the largest; digits of an id with the highest first are given",
    compared="vectors, gradients",
)
def tensor_train(q):
    cores = len(q.tables)
    rank = q.options["rank"]
    widths = q.choices["factors"]

    def embed(f):
        shape = [q.parts[core][f] for core in range(cores)]
        hash = QRHash(cores, max(shape))
        rows = torch.stack([q.looked_up(core)[:, f] - q.first(core, f) for core in range(cores)], 1)
        hash.forward = Given(q.ids[:, f], rows, max(shape)).forward
        table = TensorTrainEmbedding(rank, q.dim, hash)
        # All cores of the class are alike: ours are padded with zeros to its shape, and its columns of zeros left out.
        wide = table.start_core.shape[1]
        start = torch.zeros(table.start_core.shape, dtype=torch.float64)
        end, inner = torch.zeros_like(start), torch.zeros(table.cores.shape, dtype=torch.float64)
        start = start.index_put((torch.arange(shape[0])[:, None], torch.arange(widths[0])[None]),
                                q.part(0, f).reshape(shape[0], widths[0], rank))
        last = q.part(cores - 1, f).reshape(shape[-1], rank, widths[-1]).transpose(1, 2)
        end = end.index_put((torch.arange(shape[-1])[:, None], torch.arange(widths[-1])[None]), last)
        if cores == 3:
            middle = q.part(1, f).reshape(shape[1], rank, widths[1], rank).permute(0, 2, 1, 3)
            zero = torch.zeros(shape[1], dtype=torch.long)[:, None]
            inner = inner.index_put((zero, torch.arange(shape[1])[:, None], torch.arange(widths[1])[None]), middle)
        table.dim = wide**cores
        vectors = called(table, {"start_core": start, "end_core": end, "cores": inner}, q.ids[:, f])
        grid = vectors.reshape(q.batch, *[wide] * cores)
        for axis, width in enumerate(widths):
            grid = grid.narrow(axis + 1, 0, width)
        return grid.reshape(q.batch, -1)[:, : q.dim], 0

    return by_field(q, embed)[0]


@answer(
    "deep-hash",
    file="cce/dhe.py",
    labels=["relu"],
    mapped="encodings of ids are given; layers of equal width",
    compared="vectors, gradients, sizes",
)
def deep_hash(q):
    layers = len(q.weights) // 2
    network = DeepHashEmbedding(q.weights[0].shape[1], q.dim, layers - 1)
    encodings = torch.tensor(q.given["encodings"], dtype=torch.float64).reshape(-1, q.weights[0].shape[0])
    coded = q.given["coded"]
    network.hash = torch.nn.Module()
    network.hash.range = 1
    network.hash.num_hashes = 1
    network.hash.forward = lambda x: (encodings + 1) / 2  # the class makes 2 h - 1 of it
    weights = {}
    for i in range(layers):
        weights[f"layers.{i}.weight"] = q.weights[2 * i].T
        weights[f"layers.{i}.bias"] = q.weights[2 * i + 1]
    decoded = called(network, weights, q.ids).reshape(q.batch, len(coded), q.dim)
    kept = [f for f in range(q.fields) if f not in coded]
    vectors = [
        decoded[:, coded.index(f)] if f in coded else q.part(0, kept.index(f))[q.ids[:, f]] for f in range(q.fields)
    ]
    rows = sum(q.cardinalities[f] for f in kept) * q.dim
    return torch.stack(vectors, 1), {"parameters": size(network) + rows}


@answer("low-rank", file="cce/low_dimensional.py", mapped="bias=False", compared="vectors, gradients, sizes")
def low_rank(q):
    ranks = q.choices["ranks"]
    widths = list(dict.fromkeys(ranks))

    def embed(f):
        at = sum(other == ranks[f] for other in ranks[:f])
        if ranks[f] == q.dim:
            rows = q.part(widths.index(q.dim), at)
            table = torch.nn.Embedding(*rows.shape)
            return called(table, {"weight": rows}, q.ids[:, f]), size(table)
        table = LowDimensionalEmbedding(q.cardinalities[f], ranks[f], q.dim, bias=False)
        narrow = [width for width in widths if width < q.dim]
        weights = {
            "table.weight": q.part(widths.index(ranks[f]), at),
            "upscale.weight": q.weights[narrow.index(ranks[f])][at].T,
        }
        return called(table, weights, q.ids[:, f]), size(table)

    return by_field(q, embed)


main("thomasahle/cce")
