"""DLRM in PyTorch: the same work as a configuration's process (worker.ts), written as its users would write it.

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


# Tests let the CPU stand in for a card (as EMBED_BENCH_SOFTWARE_GPU lets WebGPU do).
stand_in = os.environ.get("EMBED_BENCH_SOFTWARE_GPU") == "1" and not torch.cuda.is_available()


def card():
    """The card that a configuration on a GPU computes on: nothing where there is none."""
    if stand_in:
        return {"card": "CPU in place of a card"}
    if not torch.cuda.is_available():
        return {}
    return {"card": f"{torch.cuda.get_device_name()}, CUDA {torch.version.cuda}"}


def probe():
    answer(
        version=torch.__version__,
        python=platform.python_version(),
        blas=blas(),
        compiles=hasattr(torch, "compile"),
        **card(),
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
    def __init__(self, cardinalities, denseFields, dim, bottom, top, vectors=None):
        super().__init__()
        vectors = vectors or len(cardinalities) + 1
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
    """Ids log-uniform within their field, labels at Criteo's click rate: harness/batches/random-batches.ts."""
    ids = [
        (n ** torch.rand(size, dtype=torch.float64) - 1).long().clamp_(max=n - 1) for n in cardinalities
    ]
    return torch.rand(size, dense_fields), ids, (torch.rand(size) < 0.2562).float(), torch.arange(size)


class FusedDlrm(Dlrm):
    """All tables in one: one lookup and one sparse gradient, for on a GPU every operation is asked for."""

    def __init__(self, cardinalities, denseFields, dim, bottom, top):
        super().__init__([], denseFields, dim, bottom, top, vectors=len(cardinalities) + 1)
        # Tables are made on the card: this process need not have room for them.
        weights = torch.empty(sum(cardinalities), dim)
        self.first = torch.tensor([0, *cardinalities[:-1]]).cumsum(0)
        for first, rows in zip(self.first.tolist(), cardinalities):
            weights[first : first + rows].uniform_(-(rows**-0.5), rows**-0.5)
        self.table = nn.Embedding(*weights.shape, sparse=True, _weight=weights)
        vectors = len(cardinalities) + 1
        self.pairs = self.higher * vectors + self.lower

    def embed(self, ids):
        return self.table(ids + self.first)  # [batch, fields, dim]; int32 + int64 is int64

    def above(self, dense, embedded):
        x = self.bottom(dense)
        vectors = torch.cat([x.unsqueeze(1), embedded], 1)
        dots = torch.bmm(vectors, vectors.transpose(1, 2)).flatten(1)
        # The gradient of index_select adds rows; that of [:, higher, lower] would sort all of its indices first.
        return self.top(torch.cat([x, dots.index_select(1, self.pairs)], 1)).squeeze(1)


rules = {"sgd": torch.optim.SGD, "adagrad": torch.optim.Adagrad}


def compiler(mode):
    """torch.compile for every batch size apart: its general form for sizes that change is slower."""
    if mode == "eager":
        return lambda function: function
    torch._dynamo.config.cache_size_limit = 64
    how = {"mode": "reduce-overhead"} if mode == "graphs" else {}
    return lambda function: torch.compile(function, dynamic=False, **how)


class OnCpu:
    """A sample is a step, awaited up to its result."""

    def __init__(self, model, optimizer, learningRate, mode):
        self.model = Dlrm(**model)
        # All but the lookups: their sparse gradients are not what the compiler is for.
        self.model.above = compiler(mode)(self.model.above)
        self.optimizer = rules[optimizer](self.model.parameters(), lr=learningRate)
        self.loss = nn.BCEWithLogitsLoss()

    def prepared(self, batch):
        return batch

    def train(self, batches):
        for dense, ids, labels, starts in batches:
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(self.model(dense, ids, starts), labels)
            loss.backward()
            self.optimizer.step()
            loss.item()

    def inference(self, batches):
        with torch.inference_mode():
            for dense, ids, _labels, starts in batches:
                self.model(dense, ids, starts).numpy()


class OnGpu:
    """A sample is a stream of steps that is waited for at its end; batches come from pinned memory."""

    def __init__(self, model, optimizer, learningRate, mode, precision):
        torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
        self.device = torch.device("cpu" if stand_in else "cuda")
        with self.device:
            self.model = FusedDlrm(**model)
        loss = nn.BCEWithLogitsLoss()
        model = self.model
        compiled = compiler(mode)
        self.logits = compiled(model.above)
        self.loss = compiled(lambda dense, vectors, labels: loss(model.above(dense, vectors), labels))
        # Apart: beside a sparse gradient, PyTorch would step through dense ones one by one.
        dense = [weights for weights in model.parameters() if weights is not model.table.weight]
        self.optimizers = [rules[optimizer](part, lr=learningRate) for part in ([model.table.weight], dense)]
        self.captured = mode == "graphs"

    def prepared(self, batch):
        dense, ids, labels, _starts = batch
        tensors = (dense, torch.stack(ids, 1).int(), labels)
        return tensors if stand_in else tuple(tensor.pin_memory() for tensor in tensors)

    def begin(self, tensors):
        if self.captured:
            torch.compiler.cudagraph_mark_step_begin()
        return [tensor.to(self.device, non_blocking=True) for tensor in tensors]

    def train(self, batches):
        for batch in batches:
            dense, ids, labels = self.begin(batch)
            for optimizer in self.optimizers:
                optimizer.zero_grad(set_to_none=True)
            loss = self.loss(dense, self.model.embed(ids), labels)
            loss.backward()
            for optimizer in self.optimizers:
                optimizer.step()
        loss.item()
        self.synchronize()

    def inference(self, batches):
        with torch.inference_mode():
            read = []
            for batch in batches:
                dense, ids, _labels = self.begin(batch)
                read.append(self.logits(dense, self.model.embed(ids)).to("cpu", non_blocking=True))
            self.synchronize()

    def synchronize(self):
        if not stand_in:
            torch.cuda.synchronize()


class Configuration:
    def __init__(self, optimizer, learningRate, threads, mode, device, precision, **model):
        torch.set_num_threads(threads)
        torch.manual_seed(7)
        how = (model, optimizer, learningRate, mode)
        self.bench = OnGpu(*how, precision) if device == "gpu" else OnCpu(*how)
        self.random = lambda size: random_batch(size, model["cardinalities"], model["denseFields"])
        self.batches = {}
        self.turn = 0

    def next(self, size, steps):
        if size not in self.batches:
            self.batches[size] = [self.bench.prepared(self.random(size)) for _ in range(8)]
        self.turn += steps
        return [self.batches[size][i % 8] for i in range(self.turn - steps, self.turn)]

    def time(self, what, batch, warmUp, samples, stepsPerSample):
        work = {"train": self.bench.train, "inference": self.bench.inference}[what]
        for _ in range(warmUp):
            work(self.next(batch, 1))
        milliseconds = []
        for _ in range(samples):
            batches = self.next(batch, stepsPerSample)
            start = time.perf_counter()
            work(batches)
            milliseconds.append(1000 * (time.perf_counter() - start) / stepsPerSample)
        return milliseconds


def race():
    configuration = None
    for line in sys.stdin:
        asked = json.loads(line)
        kind = asked.pop("type")
        try:
            if kind == "build":
                configuration = Configuration(**asked)
                answer(built=True)
            else:
                answer(milliseconds=configuration.time(**asked))
        except Exception as error:
            last_line = (str(error).strip().splitlines() or [""])[0]
            answer(error=f"{type(error).__name__}: {last_line}"[:300])


probe() if sys.argv[1:] == ["probe"] else race()
