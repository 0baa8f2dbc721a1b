"""Answers of PKU-DAIR/Hetu: layers of tools/EmbeddingMemoryCompression, whose own code runs. Hetu's operations, for which its
CUDA library would have to be built, are stood in for by the operations of PyTorch of the same name and meaning.

python hetu.py QUESTIONS CLONE
"""

import contextlib
import importlib
import os
import sys
import types

import torch

from parity import answer, main

# Initial values of a layer, by the name of the variable.
variables = {}


def variable(shape, name, **_):
    given = variables[name]
    assert tuple(given.shape) == tuple(shape), (name, given.shape, shape)
    return given


def constant(shape, *_, name="", **__):
    return variables.get(name, torch.zeros(tuple(shape), dtype=torch.float64))


def tensor(value, *_, **__):
    return value if isinstance(value, torch.Tensor) else torch.as_tensor(value)


def lookup(table, indices):
    """Indices below 0 give zeros, as in Hetu's kernels."""
    rows = table[indices.long().clamp(min=0)]
    return rows * (indices >= 0)[..., None].to(rows.dtype) if rows.is_floating_point() else rows


def argmax_partial(scores, full, low, dim):
    few = scores.narrow(dim, 0, low).argmax(dim)
    return torch.where(full.reshape(-1, *[1] * (few.dim() - 1)).bool(), scores.argmax(dim), few)


operations = dict(
    embedding_lookup_op=lookup,
    array_reshape_op=lambda x, shape: x.reshape(shape),
    reshape_to_op=lambda x, y: x.reshape(y.shape),
    tile_op=lambda x, times: x.repeat(*[1] * (x.dim() - len(times)), *times),
    broadcastto_op=lambda x, y: x.expand(y.shape),
    broadcast_shape_op=lambda x, shape: x.expand(shape),
    add_op=torch.add,
    minus_op=torch.sub,
    mul_op=torch.mul,
    mul_byconst_op=lambda x, factor, const_updater=None: x * (const_updater(0) if const_updater else factor),
    power_op=torch.pow,
    opposite_op=torch.neg,
    abs_op=torch.abs,
    sign_op=torch.sign,
    relu_op=torch.relu,
    sigmoid_op=torch.sigmoid,
    softmax_op=lambda x: torch.softmax(x, -1),
    log_softmax_op=lambda x: torch.log_softmax(x, -1),
    reduce_sum_op=lambda x, axes: x.sum(axes),
    reduce_mean_op=lambda x, axes: x.mean(axes),
    argmax_op=lambda x, dim: x.argmax(dim),
    argmax_partial_op=lambda x, full, low, dim: argmax_partial(x, full, low, dim),
    one_hot_op=lambda x, count: torch.nn.functional.one_hot(x, count).double(),
    stop_gradient_op=lambda x: x.detach(),
    sparse_set_op=lambda *_: None,
    transpose_op=lambda x, order: x.permute(*order),
    matmul_op=torch.matmul,
    batch_matmul_op=torch.matmul,
    linear_op=lambda x, w, b: x @ w + b,
    concatenate_op=lambda all, axis: torch.cat(all, axis),
    mod_hash_op=lambda x, n: x % n,
    div_hash_op=lambda x, n: x // n,
    mod_hash_negative_op=lambda x, n: torch.where(x < 0, -(x + 1) % n, -(x + 1)),
    gumbel_sample_op=lambda shape: variables["gumbel"],
)


def modules():
    ht = types.ModuleType("hetu")
    for name, operation in operations.items():
        setattr(ht, name, operation)
    ht.context = lambda _: contextlib.nullcontext()
    ht.array = tensor
    ht.placeholder_op = lambda name, value=None, **_: tensor(value)
    ht.init = types.SimpleNamespace(GenXavierNormal=lambda: variable, zeros=constant, ones=constant, constant=constant)

    class Embedding:
        def __init__(self, num_embeddings, embedding_dim, name="embedding", ctx=None):
            self.num_embeddings, self.embedding_dim, self.ctx = num_embeddings, embedding_dim, ctx
            self.embedding_table = variable((num_embeddings, embedding_dim), name)

    layers = types.ModuleType("hetu.layers")
    layers.Embedding = Embedding
    normalization = types.ModuleType("hetu.layers.normalization")
    normalization.BatchNorm = lambda *_, **__: lambda x: x  # ours has none
    initializers = types.ModuleType("hetu.initializers")
    initializers.nulls = constant
    sys.modules.update({
        "hetu": ht,
        "hetu.layers": layers,
        "hetu.layers.normalization": normalization,
        "hetu.initializers": initializers,
    })


modules()
folder = "tools/EmbeddingMemoryCompression/methods/layers"
package = types.ModuleType("compression")
package.__path__ = [os.path.join(sys.argv[2], folder)]
sys.modules["compression"] = package


def layer(module, name):
    return getattr(importlib.import_module(f"compression.{module}"), name)


stood_in = "Hetu's operations are PyTorch's"


def by_field(q, embed):
    return torch.stack([embed(f).reshape(q.batch, q.dim) for f in range(q.fields)], 1)


@answer(
    "hashing-trick",
    file=f"{folder}/hash.py",
    labels=["modulo"],
    mapped=stood_in,
    compared="vectors, gradients, rows",
)
def hashing_trick(q):
    HashEmbedding = layer("hash", "HashEmbedding")
    rows = []

    def embed(f):
        variables["embedding"] = q.part(0, f)
        rows.append(q.ids[:, f] % q.parts[0][f] + q.first(0, f))
        return HashEmbedding(q.parts[0][f], q.dim)(q.ids[:, f])

    return by_field(q, embed), {"rows": {"0": torch.stack(rows, 1).flatten().tolist()}}


@answer(
    "frequency-truncation",
    file=f"{folder}/adapt.py",
    mapped=f"{stood_in}; frequent ids and the hash of the others are given",
    compared="vectors, gradients, sizes",
)
def frequency_truncation(q):
    AdaptiveEmbedding = layer("adapt", "AdaptiveEmbedding")
    kept = q.choices["kept"]
    rare = q.options.get("oov", 1)
    ours = q.looked_up(0)
    own = [f for f in range(q.fields) if kept[f] > 0]
    rest = [f for f in range(q.fields) if kept[f] < q.cardinalities[f]]
    count = 0

    def embed(f):
        nonlocal count
        rows = q.part(0, f)
        # An id has its position among the frequent ones, or -1 minus a number that its rare row follows from.
        remap = torch.arange(q.cardinalities[f])
        if f in rest:
            for sample, id in enumerate(q.ids[:, f].tolist()):
                if id >= kept[f]:
                    row = int(ours[sample, len(own) + rest.index(f)]) - q.first(0, f) - kept[f]
                    remap[id] = -1 - row
        frequent, others = rows[: kept[f]], rows[kept[f] :]
        if len(others) == 0:
            others = torch.zeros(1, q.dim, dtype=rows.dtype)
        variables.update({"t_freq": frequent, "t_rare": others})
        table = AdaptiveEmbedding(len(frequent), len(others), remap.numpy(), q.dim, variable, "t")
        count += len(rows) * q.dim
        return table(q.ids[:, f])

    vectors = by_field(q, embed)
    return vectors, {"parameters": count}


@answer(
    "pep",
    file=f"{folder}/pep.py",
    labels=["a threshold for each float", "a threshold for each id"],
    mapped=f"{stood_in}; logits of thresholds are the first one and what is added to it",
    compared="vectors, gradients",
)
def pep(q):
    kinds = {"entry": "feature_dimension", "row": "feature"}
    start = q.options["start"]
    variables.update({"t": q.tables[0], "t_threshold": start + q.tables[1]})
    kind = kinds[q.options.get("granularity", "entry")]
    table = layer("pep", "PEPEmbedding")(sum(q.cardinalities), q.dim, kind, start, variable, "t")
    return table(q.ids + torch.tensor([sum(q.cardinalities[:f]) for f in range(q.fields)]))


@answer(
    "tensor-train",
    file=f"{folder}/tensortrain.py",
    labels=["lowest digit first"],
    mapped=stood_in,
    compared="vectors, gradients, rows, sizes",
)
def tensor_train(q):
    init = sys.modules["hetu"].init
    init.GenReversedTruncatedNormal = lambda stddev: variable
    TensorTrainEmbedding = layer("tensortrain", "TensorTrainEmbedding")
    rows = {core: [] for core in range(len(q.tables))}

    def embed(f):
        shape = [q.parts[core][f] for core in range(len(q.tables))]
        variables.update({f"t_{core}": q.part(core, f) for core in range(len(q.tables))})
        left = q.ids[:, f]
        for core, digits in enumerate(shape):
            rows[core].append(left % digits + q.first(core, f))
            left = left // digits
        return TensorTrainEmbedding(shape, q.choices["factors"], q.options["rank"], "t")(q.ids[:, f])[:, : q.dim]

    vectors = by_field(q, embed)
    looked_up = {str(core): torch.stack(each, 1).flatten().tolist() for core, each in rows.items()}
    return vectors, {"rows": looked_up, "parameters": sum(table.numel() for table in q.tables)}


def codebooks(q, f):
    """Our codebooks of a field, [parts * codewords, width]: what is drawn, times the field's scale, and what is learned."""
    parts = len(q.weights[0]) // q.fields
    groups = slice(f * parts, (f + 1) * parts)
    scale = q.cardinalities[f] ** -0.5
    width = q.weights[0].shape[2]
    books = q.weights[0][groups] * scale + q.weights[1][groups]
    keys = q.weights[2][groups] * 3 / (scale * width**0.5) if len(q.weights) > 2 else None
    return parts, books.reshape(-1, width), None if keys is None else keys.reshape(-1, width)


@answer(
    "dpq",
    file=f"{folder}/dpq.py",
    mapped=f"{stood_in}; without batch norm; the softmax has our temperature; its mean of squared distances is times the floats of a sample",
    compared="vectors, loss, gradients, served vectors",
)
def dpq(q):
    DPQEmbedding = layer("dpq", "DPQEmbedding")
    penalty = 0

    def embed(f):
        nonlocal penalty
        parts, books, keys = codebooks(q, f)
        mode = q.options.get("form", "vq")
        variables.update({"t_query": q.tables[0][q.first(0, 3 * f) :][: q.cardinalities[f]]})
        variables["t_key"] = books if keys is None else keys
        variables["t_value"] = books
        table = DPQEmbedding(q.cardinalities[f], q.dim, len(books) // parts, parts, q.batch, mode=mode, initializer=variable, name="t")
        if mode == "sx":
            table.bn_layer = lambda scores: scores / q.options["temperature"]
        found = table(q.ids[:, f])
        if mode == "vq":
            penalty = penalty + table.reg * q.dim
        return found

    vectors = by_field(q, embed)
    return vectors, {"penalty": penalty, "served": vectors}


@answer(
    "mgqe",
    file=f"{folder}/mgqe.py",
    mapped=f"{stood_in}; without batch norm; frequent ids are given; its mean of squared distances is times the floats of a sample",
    compared="vectors, loss, gradients, served vectors",
)
def mgqe(q):
    MGQEmbedding = layer("mgqe", "MGQEmbedding")
    penalty = 0

    def embed(f):
        nonlocal penalty
        parts, books, _ = codebooks(q, f)
        hot, warm = q.choices["hot"][f], q.choices["warm"][f]
        assert hot + warm == q.cardinalities[f]
        variables["t_query"] = q.tables[0][q.first(0, 3 * f) :][: hot + warm]
        variables["t_key"] = variables["t_value"] = books
        frequent = (torch.arange(hot + warm) < hot).int().numpy()
        few = q.choices["warmCodewords"][f]
        table = MGQEmbedding(hot + warm, q.dim, len(books) // parts, few, parts, frequent, q.batch, variable, "t")
        found = table(q.ids[:, f])
        penalty = penalty + table.reg * q.dim
        return found

    vectors = by_field(q, embed)
    return vectors, {"penalty": penalty, "served": vectors}


@answer(
    "auto-dim",
    file=f"{folder}/autodim.py",
    labels=["search"],
    mapped=f"{stood_in}; columns of matrices have norm 1 in place of batch norm; candidates are the first coordinates of one row; the widest has no matrix; noise and temperature are given",
    compared="vectors, gradients",
)
def auto_dim(q):
    AutoDimEmbedding = layer("autodim", "AutoDimEmbedding")
    candidates = q.choices["candidates"]
    for width, weight in zip(candidates, [*q.weights[:-1], None]):
        variables[f"t{width}"] = q.tables[0][:, :width]
        if weight is None:
            matrices = torch.eye(q.dim, dtype=torch.float64).expand(q.fields, -1, -1)
        else:
            matrices = weight / torch.sqrt((weight**2).sum(1, keepdim=True) + 1e-12)
        variables[f"weight{width}"] = matrices
    variables["alphas"] = q.weights[-1]
    variables["gumbel"] = torch.tensor(q.given["noise"], dtype=torch.float64).reshape(q.weights[-1].shape)
    table = AutoDimEmbedding(sum(q.cardinalities), list(candidates), q.fields, q.batch, variable, "t")
    table.temperature_updater = lambda _: 1 / q.given["temperature"][0]
    return table(q.ids + torch.tensor([sum(q.cardinalities[:f]) for f in range(q.fields)]))


@answer(
    "auto-dim",
    file=f"{folder}/autodim.py",
    labels=["retraining"],
    mapped=f"{stood_in}; the projection has no bias, and the widest field none of either",
    compared="vectors, gradients",
)
def auto_dim_retrained(q):
    AutoDimRetrainEmbedding = layer("autodim", "AutoDimRetrainEmbedding")
    widths = [width for (width,) in q.choices["widths"]]
    tables = list(dict.fromkeys(widths))
    narrow = [width for width in tables if width < q.dim]

    def embed(f):
        width = widths[f]
        at = sum(other == width for other in widths[:f])
        rows = q.part(tables.index(width), at)
        if width == q.dim:
            return rows[q.ids[:, f]]
        variables.update({"t": rows, "t_weight": q.weights[narrow.index(width)][at]})
        return AutoDimRetrainEmbedding(len(rows), width, q.dim, variable, "t")(q.ids[:, f])

    return by_field(q, embed)


@answer(
    "product-quantization",
    file=f"{folder}/dpq.py",
    mapped=f"{stood_in}; without batch norm; codebooks are given, which our clustering has made",
    compared="served vectors, gradients of codewords, codes",
)
def product_quantization(q):
    DPQEmbedding = layer("dpq", "DPQEmbedding")
    parts, codewords = q.options["parts"], q.options["codewords"]
    trained = torch.tensor(q.given["before"], dtype=torch.float64).reshape(q.batch, q.fields, q.dim)
    rows = []

    def embed(f):
        first = q.first(0, f * parts)
        books = q.tables[0][first : first + parts * codewords]
        queries = torch.zeros(q.cardinalities[f], q.dim, dtype=torch.float64)
        queries[q.ids[:, f]] = trained[:, f]
        variables.update({"t_query": queries, "t_key": books})
        table = DPQEmbedding(q.cardinalities[f], q.dim, codewords, parts, q.batch, initializer=variable, name="t")
        # Codes as it chooses them in training, and what it makes of stored ones.
        chosen = []
        sys.modules["hetu"].sparse_set_op = lambda codebooks, x, codes: chosen.append(codes)
        table(q.ids[:, f])
        (codes,) = chosen
        table.codebooks = torch.zeros(q.cardinalities[f], parts, dtype=torch.long)
        table.codebooks[q.ids[:, f]] = codes
        rows.append(codes + first + torch.arange(parts) * codewords)
        return table.make_inference(q.ids[:, f])

    vectors = by_field(q, embed)
    return vectors, {"rows": {"0": torch.stack(rows, 1).flatten().tolist()}}


@answer(
    "deduplication",
    file=f"{folder}/deduplication.py",
    mapped=f"{stood_in}; which block stands for a block is given",
    compared="served vectors, gradients",
)
def deduplication(q):
    DedupEmbedding = layer("deduplication", "DedupEmbedding")
    block = q.choices["block"]
    ours = q.looked_up(0)

    def embed(f):
        remap = torch.zeros(-(-q.cardinalities[f] // block), dtype=torch.long)
        remap[q.ids[:, f] // block] = ours[:, f] // block
        return DedupEmbedding(q.tables[0], remap, block)(q.ids[:, f])

    return by_field(q, embed)


@answer(
    "auto-srh",
    file=f"{folder}/autosrh.py",
    mapped=f"{stood_in}; weights are cut to [0, 1], and their gradients divided by the mean magnitude of their group as in Viperccc/AutoSrh@13aaf92:AutoSrh/main_NIS_compare.py:280 (formula); the penalty has slope 1 at 0 as well, where that of an absolute value is 0",
    compared="vectors, penalty, gradients",
)
def auto_srh(q):
    AutoSrhEmbedding = layer("autosrh", "AutoSrhEmbedding")
    selected = q.weights[0].detach().clamp(0, 1).requires_grad_()
    groups = torch.tensor(q.given["groups"])
    variables.update({"t": q.tables[0], "t_alpha": selected})
    table = AutoSrhEmbedding(sum(q.cardinalities), q.dim, len(selected), groups, variable, "t")
    vectors = table(q.ids + torch.tensor([sum(q.cardinalities[:f]) for f in range(q.fields)]))
    vectors = vectors.reshape(q.batch, q.fields, q.dim)
    penalty = q.options["l1"] * selected.sum()
    (slope,) = torch.autograd.grad((vectors * q.slopes).sum() + penalty, [selected], retain_graph=True)
    slope = slope / (slope.abs().mean(1, keepdim=True) + 1e-12)
    # No further out of the box.
    inside = ~(((slope < 0) & (selected >= 1)) | ((slope > 0) & (selected <= 0)))
    return vectors, {"penalty": penalty, "weightGradients": [slope * inside]}


main("PKU-DAIR/Hetu")
