"""Models in PyTorch: the same work as a configuration's process (worker.ts), written as its users would write it.

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


def stacked(vectors):
    """Vectors of all fields, [batch, fields, dim], from a list of them or as they are."""
    return torch.stack(vectors, 1) if isinstance(vectors, list) else vectors


def flat(vectors, dense):
    """All of it side by side: [batch, fields * dim + denseFields]."""
    return torch.cat([*vectors, dense] if isinstance(vectors, list) else [vectors.flatten(1), dense], 1)


class Dlrm(nn.Module):
    def __init__(self, fields, dense_fields, dim, bottom, top):
        super().__init__()
        vectors = fields + 1
        self.bottom = mlp([dense_fields, *bottom, dim], "relu")
        self.top = mlp([dim + vectors * (vectors - 1) // 2, *top, 1], "linear")
        self.higher, self.lower = torch.tril_indices(vectors, vectors, -1)
        self.pairs = self.higher * vectors + self.lower

    def forward(self, dense, vectors):
        x = self.bottom(dense)
        if isinstance(vectors, list):
            all = torch.stack([x, *vectors], 1)
            dots = torch.bmm(all, all.transpose(1, 2))[:, self.higher, self.lower]
        else:
            all = torch.cat([x.unsqueeze(1), vectors], 1)
            # The gradient of index_select adds rows; that of [:, higher, lower] would sort all of its indices first.
            dots = torch.bmm(all, all.transpose(1, 2)).flatten(1).index_select(1, self.pairs)
        return self.top(torch.cat([x, dots], 1)).squeeze(1)


class Logistic(nn.Module):
    def __init__(self, fields, dense_fields, dim):
        super().__init__()
        self.dense = nn.Linear(dense_fields, 1)

    def forward(self, dense, vectors):
        return self.dense(dense).squeeze(1) + flat(vectors, dense[:, :0]).sum(1)


class Machine(nn.Module):
    """The second order of a factorization machine, with dense features as vectors where they are embedded."""

    def __init__(self, dense_fields, dim, kind):
        super().__init__()
        self.factors = nn.Parameter(0.01 * torch.randn(dense_fields, dim - 1)) if kind == "embedded" else None

    def forward(self, dense, vectors):
        sums, squares = vectors.sum(1), vectors.square().sum(1)
        if self.factors is not None:
            sums = sums + dense @ self.factors
            squares = squares + dense.square() @ self.factors.square()
        return 0.5 * (sums.square() - squares).sum(1)


class FactorizationMachine(nn.Module):
    def __init__(self, fields, dense_fields, dim, dense):
        super().__init__()
        self.dense = nn.Linear(dense_fields, 1)
        self.machine = Machine(dense_fields, dim, dense)

    def forward(self, dense, vectors):
        vectors = stacked(vectors)
        first = self.dense(dense).squeeze(1) + vectors[:, :, 0].sum(1)
        return first + self.machine(dense, vectors[:, :, 1:])


class WideDeep(nn.Module):
    def __init__(self, fields, dense_fields, dim, hidden):
        super().__init__()
        self.dense = nn.Linear(dense_fields, 1, bias=False)
        self.deep = mlp([fields * (dim - 1) + dense_fields, *hidden, 1], "linear")

    def forward(self, dense, vectors):
        vectors = stacked(vectors)
        deep = self.deep(torch.cat([vectors[:, :, 1:].flatten(1), dense], 1))
        return (self.dense(dense) + deep).squeeze(1) + vectors[:, :, 0].sum(1)


class DeepFm(nn.Module):
    def __init__(self, fields, dense_fields, dim, hidden, dense):
        super().__init__()
        self.dense = nn.Linear(dense_fields, 1, bias=False)
        self.machine = Machine(dense_fields, dim, dense)
        self.deep = mlp([fields * (dim - 1) + dense_fields, *hidden, 1], "linear")

    def forward(self, dense, vectors):
        vectors = stacked(vectors)
        others = vectors[:, :, 1:]
        deep = self.deep(torch.cat([others.flatten(1), dense], 1))
        first = (self.dense(dense) + deep).squeeze(1) + vectors[:, :, 0].sum(1)
        return first + self.machine(dense, others)


class Dcn(nn.Module):
    def __init__(self, fields, dense_fields, dim, cross, hidden):
        super().__init__()
        inputs = fields * dim + dense_fields
        self.weights = nn.Parameter(torch.randn(cross, inputs) * (2 / (inputs + 1)) ** 0.5)
        self.biases = nn.Parameter(torch.zeros(cross, inputs))
        self.deep = mlp([inputs, *hidden], "relu")
        self.head = nn.Linear(inputs + hidden[-1], 1)

    def forward(self, dense, vectors):
        x0 = x = flat(vectors, dense)
        for weights, bias in zip(self.weights, self.biases):
            x = x0 * (x @ weights).unsqueeze(1) + bias + x
        return self.head(torch.cat([x, self.deep(x0)], 1)).squeeze(1)


class Whole(nn.Linear):
    """The matrix of a cross layer."""

    def __init__(self, inputs):
        super().__init__(inputs, inputs)


class LowRank(nn.Sequential):
    def __init__(self, inputs, rank):
        super().__init__(nn.Linear(inputs, rank, bias=False), nn.Linear(rank, inputs))


class Experts(nn.Module):
    def __init__(self, inputs, rank, experts):
        super().__init__()
        self.down = nn.Linear(inputs, experts * rank, bias=False)
        self.squares = nn.ModuleList(nn.Linear(rank, rank, bias=False) for _ in range(experts))
        self.up = nn.Linear(experts * rank, inputs)

    def forward(self, x, shares):
        narrow = torch.tanh(self.down(x)).chunk(len(self.squares), 1)
        mixed = [torch.tanh(square(part)) for square, part in zip(self.squares, narrow)]
        return self.up(torch.cat([part * share for part, share in zip(mixed, shares.split(1, 1))], 1))


class DcnV2(nn.Module):
    def __init__(self, fields, dense_fields, dim, cross, rank, experts, hidden, structure):
        super().__init__()
        inputs = fields * dim + dense_fields
        self.gates = nn.Linear(inputs, experts, bias=False) if experts else None
        make = (
            (lambda: Experts(inputs, rank, experts))
            if experts
            else (lambda: LowRank(inputs, rank))
            if rank
            else (lambda: Whole(inputs))
        )
        self.cross = nn.ModuleList(make() for _ in range(cross))
        self.deep = mlp([inputs, *hidden], "relu")
        self.parallel = structure == "parallel"
        self.head = nn.Linear((inputs if self.parallel else 0) + hidden[-1], 1)

    def forward(self, dense, vectors):
        x0 = x = flat(vectors, dense)
        for layer in self.cross:
            u = layer(x) if self.gates is None else layer(x, self.gates(x).softmax(1))
            x = x0 * u + x
        if self.parallel:
            return self.head(torch.cat([x, self.deep(x0)], 1)).squeeze(1)
        return self.head(self.deep(x)).squeeze(1)


class Aggregation(nn.Module):
    """The bilinear form of two streams, and a weight for each of their outputs."""

    def __init__(self, first, second):
        super().__init__()
        self.form = nn.Parameter(torch.randn(first, second) * (2 / (first + second)) ** 0.5)
        self.of_second = nn.Linear(second, 1, bias=False)
        self.of_first = nn.Linear(first, 1)

    def forward(self, a, c):
        return (self.of_first(a) + self.of_second(c)).squeeze(1) + ((a @ self.form) * c).sum(1)


class FinalMlp(nn.Module):
    def __init__(self, fields, dense_fields, dim, first, second):
        super().__init__()
        inputs = fields * dim + dense_fields
        self.first = mlp([inputs, *first], "relu")
        self.second = mlp([inputs, *second], "relu")
        self.aggregation = Aggregation(first[-1], second[-1])

    def forward(self, dense, vectors):
        x0 = flat(vectors, dense)
        return self.aggregation(self.first(x0), self.second(x0))


networks = {
    "dlrm": Dlrm,
    "linear": Logistic,
    "fm": FactorizationMachine,
    "wide-deep": WideDeep,
    "deepfm": DeepFm,
    "dcn": Dcn,
    "dcn-v2": DcnV2,
    "finalmlp": FinalMlp,
}


def network(model, fields, denseFields, dim, modelOptions):
    return networks[model](fields, denseFields, dim, **modelOptions)


class Separate(nn.Module):
    """A table for each field, as most programs for CPUs have it."""

    def __init__(self, cardinalities, dim, **model):
        super().__init__()
        self.tables = nn.ModuleList(table(rows, dim) for rows in cardinalities)
        self.network = network(fields=len(cardinalities), dim=dim, **model)

    def above(self, dense, vectors):
        return self.network(dense, vectors)

    def forward(self, dense, ids, starts):
        return self.above(dense, [rows(column, starts) for rows, column in zip(self.tables, ids)])


def random_batch(size, cardinalities, dense_fields):
    """Ids log-uniform within their field, labels at Criteo's click rate: harness/batches/random-batches.ts."""
    ids = [
        (n ** torch.rand(size, dtype=torch.float64) - 1).long().clamp_(max=n - 1) for n in cardinalities
    ]
    return torch.rand(size, dense_fields), ids, (torch.rand(size) < 0.2562).float(), torch.arange(size)


class Fused(nn.Module):
    """All tables in one: one lookup and one sparse gradient, for on a GPU every operation is asked for."""

    def __init__(self, cardinalities, dim, **model):
        super().__init__()
        # Tables are made on the card: this process need not have room for them.
        weights = torch.empty(sum(cardinalities), dim)
        self.first = torch.tensor([0, *cardinalities[:-1]]).cumsum(0)
        for first, rows in zip(self.first.tolist(), cardinalities):
            weights[first : first + rows].uniform_(-(rows**-0.5), rows**-0.5)
        self.table = nn.Embedding(*weights.shape, sparse=True, _weight=weights)
        self.network = network(fields=len(cardinalities), dim=dim, **model)

    def embed(self, ids):
        return self.table(ids + self.first)  # [batch, fields, dim]; int32 + int64 is int64

    def above(self, dense, vectors):
        return self.network(dense, vectors)


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
        self.model = Separate(**model)
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
            self.model = Fused(**model)
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
