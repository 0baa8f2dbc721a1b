"""Answers of fuyuanlyu/OptEmbed: the masks of models/modules.py and models/layer.py.

python optembed.py QUESTIONS CLONE
"""

import sys

import torch

from parity import answer, main

sys.path.insert(0, sys.argv[2])
from models.modules import BasicModel  # noqa: E402


@answer(
    "opt-embed",
    file="models/modules.py",
    mapped="its masks ran, and are multiplied in the script as in models/modules_super.py; drawn widths are given; ids below their threshold are zeros (mode_oov=zero)",
    compared="vectors, penalty, gradients, sizes",
)
def opt_embed(q):
    model = BasicModel({
        "latent_dim": q.dim,
        "field_dim": q.cardinalities,
        "mode_supernet": "all",
        "mode_threshold": "field",
        "mode_oov": "zero",
        "norm": 1,
    })
    threshold = q.weights[0][:, None]
    x = q.ids + torch.tensor([sum(q.cardinalities[:f]) for f in range(q.fields)])
    xv = torch.nn.functional.embedding(x, q.tables[0])
    vectors = xv * model.get_batch_feature_mask(xv, threshold)
    more = {"parameters": model.embedding.numel() + q.fields}
    if "training" in q.asked:
        widths = torch.tensor(q.given["widths"]).long().reshape(q.batch, q.fields)
        masks = model.pre_potential_field_mask().double()
        vectors = vectors * torch.nn.functional.embedding(widths - 1, masks)
        # The regularization of supernet.py.
        more["penalty"] = q.options["alpha"] * torch.sum(torch.exp(0 - threshold))
    return vectors, more


main("fuyuanlyu/OptEmbed")
