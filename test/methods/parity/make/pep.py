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
    mapped="logits of thresholds are the first one and what is added to it; gk=1",
    compared="vectors, gradients, sizes",
)
def pep(q):
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


main("ssui-liu/learnable-embed-sizes-for-RecSys")
