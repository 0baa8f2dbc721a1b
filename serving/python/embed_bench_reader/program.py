"""Programs of a model: lists of operations, made ready once and carried out for any number of rows."""

import numpy as np

from .errors import ReaderError
from .indices import INDEX_OPERATIONS
from .kernels import KERNELS

# Arrays of the model that a node gives, by the attribute that has their number.
ARRAYS = {"weight": "weight", "network": "variable", "stored": "array"}


def size_for(size, rows):
    """A number, or times * rows + plus."""
    return size["times"] * rows + size["plus"] if isinstance(size, dict) else size


def _sized(value, rows):
    if isinstance(value, list):
        return [_sized(one, rows) for one in value]
    if isinstance(value, dict) and "times" in value and "plus" in value:
        return size_for(value, rows)
    return value


class Program:
    """`arrays`: lists of arrays by the name of the operation. `tables`: functions of indices, float32 [rows, columns, width].

    Raises a ReaderError that names an operation that this reader does not know.
    """

    def __init__(self, program, maps, tables, arrays):
        self.inputs = {entry["name"]: entry["value"] for entry in program["inputs"]}
        self.output = program["output"]
        self.constants = {}
        self.steps = []
        for node in program["nodes"]:
            if node["op"] in ARRAYS:
                number = node["attributes"][ARRAYS[node["op"]]]
                self.constants[node["out"][0]] = arrays[node["op"]][number]
            else:
                run = _step(node["op"], node["shapes"], node.get("attributes") or {}, maps, tables)
                self.steps.append((run, list(node["in"].items()), node["out"]))

    def run(self, rows, **inputs):
        """What comes out for so many rows."""
        values = dict(self.constants)
        for name, value in inputs.items():
            values[self.inputs[name]] = value
        for run, names, out in self.steps:
            made = run({name: values[value] for name, value in names}, rows)
            if len(out) == 1:
                values[out[0]] = made
            else:
                values.update(zip(out, made))
        return values[self.output]


def _step(op, shapes, attributes, maps, tables):
    """A function of the inputs by name and the number of rows."""
    if op == "rows":
        table = tables[attributes["table"]]
        return lambda inputs, rows: table(inputs["x"])
    if op == "index-floats":
        return lambda inputs, rows: inputs["x"].astype(np.float32)
    if op == "filled":
        value = np.float32(attributes["value"])
        return lambda inputs, rows: np.full([size_for(size, rows) for size in shapes[0]], value, np.float32)
    if op in INDEX_OPERATIONS:
        run_indices = INDEX_OPERATIONS[op](attributes, maps)
        return lambda inputs, rows: run_indices(inputs)
    if op == "SplitV":
        return _split(shapes, int(attributes["axis"]))
    if op not in KERNELS:
        raise ReaderError("this reader does not know the operation %s; use a newer one" % op)
    kernel = KERNELS[op]
    return lambda inputs, rows: kernel(
        inputs,
        {name: _sized(value, rows) for name, value in attributes.items()},
        tuple(size_for(size, rows) for size in shapes[0]),
    )


def _split(shapes, axis):
    def run(inputs, rows):
        sizes = [size_for(shape[axis], rows) for shape in shapes]
        parts = np.split(inputs["x"], np.cumsum(sizes)[:-1], axis=axis)
        return parts if len(parts) > 1 else parts[0]

    return run
