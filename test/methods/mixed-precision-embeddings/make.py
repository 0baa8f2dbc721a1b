"""Makes authors.json with the authors' code (Leopold1423/mpe, model/embedding.py, OptFP_Embedding).

Usage: python test/methods/mixed-precision-embeddings/make.py CLONE > test/methods/mixed-precision-embeddings/authors.json
CLONE is a checkout of the repository; PyTorch is needed. Weights go in, and vectors, the loss of widths, gradients and the chosen
widths come out, of its search and of its retraining. Counts stand in for the file of counts that it reads.
"""

import json
import subprocess
import sys

import torch

clone = sys.argv[1]
sys.path.insert(0, clone)
import model.embedding as reference  # noqa: E402

torch.manual_seed(7)
ids, dim, groups, tau = 23, 4, 5, 3e-3
counts = torch.tensor([40, 21, 13, 9, 8, 7, 5, 4, 3, 2, 1, 60, 33, 20, 11, 6, 55, 30, 17, 12, 10, 15, 14])


def groups_by_count(group_num, group_size, feature_num, dataset):
    """The rule of optfp_get_groups with our counts, which are all different."""
    order = torch.sort(counts)
    index = torch.ones(feature_num)
    index[order[1]] = (torch.arange(group_num * group_size) // group_size).float()[:feature_num]
    sums = torch.stack([order[0][g * group_size : (g + 1) * group_size].sum() for g in range(group_num)]).float()
    return index, (sums / sums.min()).unsqueeze(-1).unsqueeze(-1)


reference.optfp_get_groups = groups_by_count
layer = reference.OptFP_Embedding(ids, dim, "uniform_0.05", "", {"group": groups, "bitsets": "0123456", "tau": tau})
with torch.no_grad():
    layer.gamma.copy_(torch.randn_like(layer.gamma) * 3 * tau)
    layer.gamma[1, 0, 0] += 20 * tau  # a group of width 0
    layer.beta.copy_(torch.randn_like(layer.beta) * 0.01)
    layer.alpha.mul_(1 + 0.2 * torch.randn_like(layer.alpha))

batch = torch.tensor([[0, 11], [5, 12], [10, 22], [3, 19], [0, 16], [9, 13], [7, 21], [2, 14]])
slopes = torch.randn(*batch.shape, dim)


def answer(penalty):
    layer.zero_grad()
    vectors = layer(batch)
    loss = (vectors * slopes).sum()
    found = {"vectors": vectors.flatten().tolist()}
    if penalty:
        price = layer.regularization()
        found["price"] = price.item()
        loss = loss + 3e-4 * price
    loss.backward()
    for name in ["weight", "gamma", "alpha", "beta"]:
        gradient = getattr(layer, name).grad
        if gradient is not None and getattr(layer, name).requires_grad:
            found["gradient of " + name] = gradient.flatten().tolist()
    return found


commit = subprocess.run(["git", "-C", clone, "rev-parse", "--short=7", "HEAD"], capture_output=True, text=True).stdout.strip()
print(
    json.dumps(
        {
            "origin": f"Leopold1423/mpe@{commit}:model/embedding.py, OptFP_Embedding and optfp_get_groups",
            "script": "make.py",
            "counts": counts.tolist(),
            "dim": dim,
            "groups": groups,
            "temperature": tau,
            "batch": batch.flatten().tolist(),
            "slopes": slopes.flatten().tolist(),
            "weight": layer.weight.flatten().tolist(),
            "gamma": layer.gamma.flatten().tolist(),
            "alpha": layer.alpha.tolist()[1:],
            "beta": layer.beta.tolist(),
            "group of": [int(g) for g in layer.group_index],
            "search": answer(True),
            "widths": [int(b) for b in layer.get_bit()[0]],
            "retraining": (layer.discrete_gamma(), answer(False))[1],
        }
    )
)
