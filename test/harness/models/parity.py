"""Trains a model of torch-peer.py with the numbers of a JSON file, and prints its losses. Arguments: that program, the file."""
import importlib.util
import json
import sys

import torch
from torch import nn

program, file = sys.argv[1:]
spec = importlib.util.spec_from_file_location("peer", program)
peer = importlib.util.module_from_spec(spec)
sys.argv = [program]
sys.stdin = open("/dev/null")
spec.loader.exec_module(peer)
given = json.load(open(file))

torch.set_num_threads(1)
cardinalities, dim = given["cardinalities"], given["dim"]
model = peer.networks[given["model"]](len(cardinalities), given["denseFields"], dim, **given["options"])
rows = torch.tensor(given["rows"], dtype=torch.float32).view(-1, dim).split(cardinalities)
tables = nn.ModuleList(nn.Embedding.from_pretrained(part.clone(), freeze=False) for part in rows)

# PyTorch's layers have [out, in] where ours have [in, out]; their parameters come in the same order.
transposed = {id(layer.weight) for layer in model.modules() if isinstance(layer, nn.Linear)}
parameters = list(model.parameters())
assert len(parameters) == len(given["variables"])
with torch.no_grad():
    for parameter, values in zip(parameters, given["variables"]):
        values = torch.tensor(values, dtype=torch.float32)
        turned = id(parameter) in transposed
        parameter.copy_(values.view(parameter.shape[::-1]).T if turned else values.view(parameter.shape))

rule = {"sgd": torch.optim.SGD, "adagrad": torch.optim.Adagrad}[given["optimizer"]]
optimizer = rule([*parameters, *tables.parameters()], lr=given["learningRate"])
losses = []
for dense, ids, labels in given["batches"]:
    columns = torch.tensor(ids).view(-1, len(cardinalities)).T
    vectors = [table(column) for table, column in zip(tables, columns)]
    labels = torch.tensor(labels, dtype=torch.float32)
    logits = model(torch.tensor(dense, dtype=torch.float32).view(len(labels), -1), vectors)
    loss = nn.functional.binary_cross_entropy_with_logits(logits, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
peer.answer(losses=losses)
