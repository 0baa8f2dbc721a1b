"""Answers questions with reference code: what the scripts beside this file share. Python needs PyTorch only.

A script names its repository and registers an answer for a method. An answer gets the question with our tables and weights as
tensors that want gradients, and hands back the vectors of the reference code, [batch, fields, dim], made of them. Beside
them it may name a penalty (a scalar of the loss), rows (its index choices, by the number of our lookup), parameters (its
trained floats) and choices (its sizes). Gradients of the tables and weights follow by PyTorch.
"""

import json
import os
import subprocess
import sys

import torch
from torch.func import functional_call


class Question:
    """One layer. tables: floats of table t, [rows, width] (flat where rows overlap); weights alike; ids: [batch, fields]."""

    def __init__(self, asked, dtype):
        self.asked = asked
        self.method = asked["method"]
        self.label = asked["label"]
        self.options = asked["options"]
        self.choices = asked["choices"]
        self.given = asked["given"]
        self.cardinalities = asked["cardinalities"]
        self.dim = asked["dim"]
        self.fields = len(self.cardinalities)
        self.ids = torch.tensor(asked["ids"]).reshape(-1, self.fields)
        self.batch = len(self.ids)
        self.slopes = torch.tensor(asked["slopes"], dtype=dtype).reshape(self.batch, self.fields, self.dim) / 256
        self.parts = [table["parts"] for table in asked["tables"]]
        self.tables = [self._leaf(t, [sum(t["parts"]), t["width"]], dtype) for t in asked["tables"]]
        self.weights = [self._leaf(w, w["shape"], dtype) for w in asked["weights"]]

    def _leaf(self, given, shape, dtype):
        values = torch.tensor(given["values"], dtype=dtype) * self.asked["unit"]
        whole = torch.Size(shape).numel() == values.numel()
        return (values.reshape(shape) if whole else values).requires_grad_(not given.get("frozen", False))

    def part(self, table, part):
        """Rows of a part of a table."""
        first = sum(self.parts[table][:part])
        return self.tables[table][first : first + self.parts[table][part]]

    def first(self, table, part):
        return sum(self.parts[table][:part])

    def looked_up(self, lookup):
        """The rows that our plan looks up: [batch, columns]."""
        asked = self.asked["lookups"][lookup]
        return torch.tensor(asked["rows"]).reshape(self.batch, asked["columns"])


class Given(torch.nn.Module):
    """Stands in for a hash of reference code: ids [batch] -> rows [batch, hashes], those that our hash gives."""

    def __init__(self, ids, rows, output_range):
        super().__init__()
        self.rows = {int(i): row for i, row in zip(ids, rows)}
        self.num_hashes = rows.shape[1]
        self.range = output_range

    def forward(self, x):
        return torch.stack([self.rows[int(i)] for i in x.flatten()]).reshape(*x.shape, self.num_hashes)


def without(*modules):
    """Lets reference code import what none of the classes that are called needs."""
    from unittest.mock import MagicMock

    for name in modules:
        sys.modules.setdefault(name, MagicMock())


def called(module, parameters, *inputs):
    """Calls a module of reference code with tensors in place of its parameters; gradients go to the tensors."""
    return functional_call(module, parameters, inputs)


def size(*modules):
    return sum(p.numel() for module in modules for p in module.parameters() if p.requires_grad)


answers, trainings, procedures = {}, {}, {}


def register(registry, method, about):
    def put(function):
        registry.setdefault(method, []).append((function, about))
        return function

    return put


def answer(method, **about):
    """Vectors of a question. about: file (of the repository), mapped (what of it is replaced, if anything), labels."""
    return register(answers, method, about)


def training(method, **about):
    """Tables after every step of a question: a list of lists of tensors, None for those that are not compared."""
    return register(trainings, method, about)


def procedure(method, **about):
    """Cases of our own choice, dictionaries with a label, what goes in and what comes out."""
    return register(procedures, method, about)


def numbers(tensor):
    return [float(f"{x:.8g}") if x else 0 for x in tensor.detach().double().flatten().tolist()]


def answered(question, function):
    """One case: the answer to a question."""
    asked = question.asked
    found = function(question)
    vectors, more = found if isinstance(found, tuple) else (found, {})
    leaves = [leaf for leaf in question.tables + question.weights if leaf.requires_grad]
    loss = (vectors * question.slopes).sum() + more.pop("penalty", 0)
    gradients = iter(torch.autograd.grad(loss, leaves, allow_unused=True))

    def of(leaves):
        for leaf in leaves:
            if not leaf.requires_grad:
                yield None
                continue
            gradient = next(gradients)
            yield numbers(torch.zeros_like(leaf) if gradient is None else gradient)

    of_tables, of_weights = list(of(question.tables)), list(of(question.weights))
    own = more.pop("weightGradients", None)  # where they are not the derivative
    if "served" in more:
        more["served"] = numbers(more["served"])
    return {
        "question": asked,
        "vectors": numbers(vectors),
        "loss": numbers(loss)[0],
        "tableGradients": of_tables,
        "weightGradients": of_weights if own is None else [numbers(gradient) for gradient in own],
        **more,
    }


def trained(question, function):
    """One case: tables after every step."""
    after = [[None if table is None else numbers(table) for table in step] for step in function(question)]
    return {"question": question.asked, "after": after}


def main(repository, commit=None):
    """Arguments of the script: questions, and a clone of the repository, or its commit where nothing of a clone is read."""
    questions = json.load(open(sys.argv[1]))
    if commit is None:
        commit = subprocess.check_output(["git", "-C", sys.argv[2], "rev-parse", "HEAD"], text=True).strip()
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures")
    fixtures = {}

    def put(kind, method, about, case):
        name = ".".join([method, repository.split("/")[1].lower(), *([kind] if kind != "vectors" else []), "json"])
        fixture = fixtures.setdefault(name, {
            "method": method,
            "kind": kind,
            "origin": f"{repository}@{commit[:7]}:{about['file']}",
            "how": about.get("how", "run"),
            **({"mapped": about["mapped"]} if "mapped" in about else {}),
            "compared": about["compared"],
            "script": f"make/{os.path.basename(sys.argv[0])}",
            "cases": [],
        })
        fixture["cases"].append(case)

    for kind, registry, ask in (("vectors", answers, answered), ("steps", trainings, trained)):
        for asked in questions[kind]:
            for function, about in registry.get(asked["method"], []):
                if asked["label"] in about.get("labels", [asked["label"]]):
                    question = Question(asked, about.get("dtype", torch.float64))
                    put(kind, asked["method"], about, ask(question, function))
    for method, registered in procedures.items():
        for function, about in registered:
            for case in function():
                put("procedure", method, about, case)
    for name, fixture in fixtures.items():
        with open(os.path.join(folder, name), "w") as out:
            head = {key: value for key, value in fixture.items() if key != "cases"}
            out.write(json.dumps(head, indent=1)[:-2] + ',\n "cases": [\n')
            out.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in fixture["cases"]))
            out.write("\n ]\n}\n")
        print(name, len(fixture["cases"]), "cases")
