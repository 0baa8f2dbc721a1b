"""Steps of a question by SGD, for scripts that answer with rows after each."""

import torch


def steps_of(q):
    """For every step: rows of its ids, their gradients, rows that it changes, and random numbers for those."""
    offsets = torch.tensor([sum(q.cardinalities[:f]) for f in range(q.fields)])
    for step in q.asked["each"]:
        rows = (torch.tensor(step["ids"]).reshape(-1, q.fields) + offsets).flatten()
        slopes = torch.tensor(step["slopes"], dtype=torch.float64).reshape(-1, q.dim) / 256
        touched = torch.tensor(step["touched"])
        yield rows, slopes, touched, torch.tensor(step["uniforms"], dtype=torch.float64).reshape(-1, q.dim)


def updated(q, weight, rows, slopes, looked_up):
    weight = weight.detach().requires_grad_()
    (gradient,) = torch.autograd.grad((looked_up(weight[rows]) * slopes).sum(), [weight])
    return weight.detach() - q.asked["rate"] * gradient
