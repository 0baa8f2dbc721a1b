"""DLRM in PyTorch: the same work as a contestant's process (worker.ts), written as its users would write it.

Reads one JSON object per line from standard input and answers each with one, as messages.ts says: `build`, then any
number of `time`. Ends with its input. With the argument `probe` it says what is installed, and ends.
"""
import json
import os
import platform
import sys
import time

# Libraries print what they like: answers go to a copy of standard output, everything else to standard error.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def answer(**what):
    answers.write(json.dumps(what) + "\n")
    answers.flush()


try:
    import torch
except Exception as error:  # a torch that is there but does not load is as good as none
    answer(error=f"{type(error).__name__}: {error}".splitlines()[0])
    sys.exit(0)
from torch import nn


def blas():
    """What multiplies matrices: told by the build, or by the libraries this process has loaded (Linux)."""
    if torch.backends.mkl.is_available():
        return "MKL"
    try:
        with open("/proc/self/maps") as maps:
            loaded = maps.read()
    except OSError:
        return "unknown"
    return next((name for name in ("openblas", "blis", "libblas") if name in loaded), "unknown")


def probe():
    answer(
        version=torch.__version__,
        python=platform.python_version(),
        blas=blas(),
        compiles=hasattr(torch, "compile"),
    )


def mlp(widths, last):
    layers = []
    for i, (wide, out) in enumerate(zip(widths, widths[1:])):
        layers.append(nn.Linear(wide, out))
        if i < len(widths) - 2 or last == "relu":
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def table(rows, dim):
    # Uniform, as the harness starts its tables; PyTorch's own normal numbers take ten times as long to draw.
    weights = torch.empty(rows, dim).uniform_(-(rows**-0.5), rows**-0.5)
    return nn.EmbeddingBag(rows, dim, mode="sum", sparse=True, _weight=weights)


class Dlrm(nn.Module):
    def __init__(self, cardinalities, denseFields, dim, bottom, top):
        super().__init__()
        vectors = len(cardinalities) + 1
        self.tables = nn.ModuleList(table(rows, dim) for rows in cardinalities)
        self.bottom = mlp([denseFields, *bottom, dim], "relu")
        self.top = mlp([dim + vectors * (vectors - 1) // 2, *top, 1], "linear")
        self.higher, self.lower = torch.tril_indices(vectors, vectors, -1)

    def above(self, dense, embedded):
        x = self.bottom(dense)
        vectors = torch.stack([x, *embedded], 1)
        dots = torch.bmm(vectors, vectors.transpose(1, 2))[:, self.higher, self.lower]
        return self.top(torch.cat([x, dots], 1)).squeeze(1)

    def forward(self, dense, ids, starts):
        return self.above(dense, [rows(column, starts) for rows, column in zip(self.tables, ids)])


def random_batch(size, cardinalities, dense_fields):
    """Ids log-uniform within their field, labels at Criteo's click rate: harness/random-batches.ts."""
    ids = [
        (n ** torch.rand(size, dtype=torch.float64) - 1).long().clamp_(max=n - 1) for n in cardinalities
    ]
    return torch.rand(size, dense_fields), ids, (torch.rand(size) < 0.2562).float(), torch.arange(size)


class Contestant:
    def __init__(self, cardinalities, denseFields, dim, bottom, top, optimizer, learningRate, threads, mode):
        torch.set_num_threads(threads)
        torch.manual_seed(7)
        self.model = Dlrm(cardinalities, denseFields, dim, bottom, top)
        if mode == "compiled":
            # All but the look-ups: their sparse gradients are not what the compiler is for.
            self.model.above = torch.compile(self.model.above)
        rules = {"sgd": torch.optim.SGD, "adagrad": torch.optim.Adagrad}
        self.optimizer = rules[optimizer](self.model.parameters(), lr=learningRate)
        self.loss = nn.BCEWithLogitsLoss()
        self.random = lambda size: random_batch(size, cardinalities, denseFields)
        self.batches = {}
        self.turn = 0

    def train(self, dense, ids, labels, starts):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.model(dense, ids, starts), labels)
        loss.backward()
        self.optimizer.step()
        loss.item()

    def inference(self, dense, ids, _labels, starts):
        with torch.inference_mode():
            self.model(dense, ids, starts).numpy()

    def time(self, what, batch, warmUp, steps):
        if batch not in self.batches:
            self.batches[batch] = [self.random(batch) for _ in range(8)]
        work = {"train": self.train, "inference": self.inference}[what]
        milliseconds = []
        for i in range(warmUp + steps):
            self.turn += 1
            data = self.batches[batch][self.turn % 8]
            start = time.perf_counter()
            work(*data)
            if i >= warmUp:
                milliseconds.append(1000 * (time.perf_counter() - start))
        return milliseconds


def race():
    contestant = None
    for line in sys.stdin:
        asked = json.loads(line)
        kind = asked.pop("type")
        try:
            if kind == "build":
                contestant = Contestant(**asked)
                answer(built=True)
            else:
                answer(milliseconds=contestant.time(**asked))
        except Exception as error:
            last_line = (str(error).strip().splitlines() or [""])[0]
            answer(error=f"{type(error).__name__}: {last_line}"[:300])


probe() if sys.argv[1:] == ["probe"] else race()
