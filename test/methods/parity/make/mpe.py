"""Answers of Leopold1423/mpe: model/embedding.py.

python mpe.py QUESTIONS CLONE
"""

import sys

import torch

from parity import answer, called, main, training
from sgd import steps_of, updated

sys.path.insert(0, f"{sys.argv[2]}/model")
import embedding  # noqa: E402
from embedding import (  # noqa: E402
    ALPT_Embedding,
    Embedding,
    Lsq_Embedding,
    PEP_Embedding,
    QR_Embedding,
    alpt,
    lsq,
)


def numbered(q):
    return q.ids + torch.tensor([sum(q.cardinalities[:f]) for f in range(q.fields)])


@answer(
    "learned-step-quantization",
    file="model/embedding.py",
    mapped="a step for each field, exp(logit) times the first one; the scale of its gradient is that of the batch and not of the table",
    compared="vectors, gradients, served vectors",
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
    vectors = torch.stack(vectors, 1)
    return vectors, {"served": vectors}


@answer(
    "mixed-precision-embeddings",
    file="model/embedding.py",
    mapped="groups and their look-ups are given; a step for each field and width, exp(logit) times the first one; the scale of gradients of steps and offsets is that of the batch and not of the table",
    compared="vectors, penalty, gradients",
)
def mixed_precision(q):
    logs, offsets, logits, price = q.weights
    bits = torch.tensor(q.choices["widths"])
    groups = torch.tensor(q.given["groups"])
    seen = torch.tensor(q.given["lookUps"], dtype=torch.float64)
    embedding.optfp_get_groups = lambda *_: (groups, (seen / seen.min())[:, None, None])
    numbers = numbered(q)
    config = {"group": len(logits), "bitsets": [str(b) for b in bits.tolist()], "tau": q.options["temperature"]}
    table = embedding.OptFP_Embedding(len(groups), q.dim, config=config)
    levels = 2.0 ** (bits.double() - 1)
    table.grad_scale = torch.nn.Parameter(1 / torch.sqrt(levels * q.ids.numel() * q.dim), requires_grad=False)
    vectors = []
    for f, ids in enumerate(q.cardinalities):
        # A step for width 0, too, which is never asked for.
        steps = torch.cat([torch.ones(1, dtype=torch.float64), torch.exp(logs[0, f]) / (ids * levels[1:]) ** 0.5])
        given = {"weight": q.tables[0], "gamma": logits[:, None], "alpha": steps, "beta": offsets.flatten()}
        vectors.append(called(table, given, numbers[:, f : f + 1]).squeeze(1))
    gamma = torch.softmax(logits[:, None] / table.tau, -1)
    penalty = price * (gamma * table.bitsets / table.group_cnt).sum()  # its regularization()
    return torch.stack(vectors, 1), {"penalty": penalty}


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


def nearest(weight, alpha, bits):
    return lsq.apply(weight, torch.as_tensor(alpha), bits, 1.0)


def rounded_at_random(weight, alpha, bits, uniforms):
    """The quantizer of the class, with our uniform numbers: ours goes to the nearest, or else to the other neighbour."""
    table = ALPT_Embedding(*weight.shape, config={"bit": bits})
    table.weight.data, table.alpha.data = weight, torch.as_tensor(alpha, dtype=weight.dtype)
    above = weight / table.alpha.data
    above = above - above.floor()
    drawn = torch.where(above >= 0.5, uniforms, 1 - uniforms)
    rand_like, torch.rand_like = torch.rand_like, lambda _: drawn
    table.post_quantizer()
    torch.rand_like = rand_like
    return table.weight.data


@training(
    "low-precision-training",
    file="model/embedding.py",
    mapped="random numbers are ours; one step for all that is not trained; first rows are rounded to the nearest",
    compared="rows after every step, integers exactly",
)
def low_precision(q):
    bits, apart = q.options["bits"], q.choices["step"]
    weight = q.tables[0].detach()
    for index, (rows, slopes, touched, uniforms) in enumerate(steps_of(q)):
        first = (lambda x: nearest(x, apart, bits)) if index == 0 else (lambda x: x)
        weight = updated(q, weight, rows, slopes, first)
        if q.options.get("rounding") == "nearest":
            changed = nearest(weight[touched], apart, bits)
        else:
            changed = rounded_at_random(weight[touched], apart, bits, uniforms)
        if index == 0:
            weight = nearest(weight, apart, bits)
        weight[touched] = changed
        yield [weight.clone()]


@training(
    "adaptive-low-precision-training",
    file="model/embedding.py",
    mapped="random numbers are ours; a step for each row, as in the paper, by the class alpt of the same file and PyTorch's Adam; first rows are rounded to the nearest; the loss is linear, so that a second pass has the gradients of the first",
    compared="rows, steps and their moments after every step",
)
def adaptive_low_precision(q):
    bits, first = q.options["bits"], q.choices["step"]
    highest = 2 ** (bits - 1) - 1
    weight = q.tables[0].detach()
    alphas = [torch.nn.Parameter(torch.tensor([[first]], dtype=torch.float64)) for _ in weight]
    rate = q.options["stepRate"] * first
    optimizers = [torch.optim.Adam([alpha], lr=rate) for alpha in alphas]
    for index, (rows, slopes, touched, uniforms) in enumerate(steps_of(q)):
        looked_up = (lambda x: nearest(x, first, bits)) if index == 0 else (lambda x: x)
        weight = updated(q, weight, rows, slopes, looked_up)
        scale = 1 / (len(rows) // q.fields * q.dim * highest) ** 0.5
        all_alphas = torch.cat([alpha.detach() for alpha in alphas]).requires_grad_()
        second = alpt.apply(weight[rows], all_alphas[rows], bits, scale)
        (gradient,) = torch.autograd.grad((second * slopes).sum(), [all_alphas])
        for row in touched.tolist():
            alphas[row].grad = gradient[row : row + 1]
            optimizers[row].step()
        own = torch.cat([alphas[row].detach() for row in touched.tolist()])
        changed = rounded_at_random(weight[touched], own, bits, uniforms)
        if index == 0:
            weight = nearest(weight, first, bits)
        weight[touched] = changed
        states = torch.zeros(len(weight), 4, dtype=torch.float64)
        for row, (alpha, optimizer) in enumerate(zip(alphas, optimizers)):
            if alpha in optimizer.state:
                state = optimizer.state[alpha]
                states[row] = torch.stack([alpha.detach().flatten()[0] - first, state["exp_avg"].flatten()[0], state["exp_avg_sq"].flatten()[0], state["step"].double()])
        yield [weight.clone(), states]


main("Leopold1423/mpe")
