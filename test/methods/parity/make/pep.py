"""Answers of ssui-liu/learnable-embed-sizes-for-RecSys: the authors' PEP, models/pep_embedding.py.

python pep.py QUESTIONS CLONE
"""

import sys

import torch

from parity import answer, called, main, size

sys.path.insert(0, f"{sys.argv[2]}/models")
from pep_embedding import PEPEmbedding  # noqa: E402

kinds = {
    "entry": "feature_dim",
    "global": "global",
    "dim": "dimension",
    "part": "field",
    "part-dim": "field_dim",
    "row": "feature",
}


@answer(
    "pep",
    file="models/pep_embedding.py",
    mapped="logits of thresholds are the first one and what is added to it; gk=1, and 0 in retraining, where the mask is given",
    compared="vectors, gradients, sizes",
)
def pep(q):
    if q.label == "retraining":
        return retrained(q)
    start = q.options["start"]
    table = PEPEmbedding({
        "threshold_type": kinds[q.options.get("granularity", "entry")],
        "latent_dim": q.dim,
        "field_dims": q.cardinalities,
        "g_type": "sigmoid",
        "gk": 1,
        "threshold_init": start,
    })
    s = (start + q.tables[1]).reshape(table.s.shape)
    return called(table, {"v": q.tables[0], "s": s}, q.ids), {"parameters": size(table)}


def retrained(q):
    table = PEPEmbedding({
        "threshold_type": "feature_dim",
        "latent_dim": q.dim,
        "field_dims": q.cardinalities,
        "g_type": "sigmoid",
        "gk": 0,
        "threshold_init": -15,
    })
    # Its init_retrain reads the mask from the file of a search.
    table.retrain, table.mask = True, torch.abs(torch.sign(q.tables[0].detach()))
    return called(table, {"v": q.tables[0], "s": table.s.data.double()}, q.ids)


main("ssui-liu/learnable-embed-sizes-for-RecSys")
