"""Operations on indices: uint32 arrays [rows, columns] that wrap, in which NONE is no index."""

import numpy as np

from .bits import NONE
from .errors import ReaderError
from .sets import Classes, IdSet, class_positions


def mix32(x):
    """A bijection of the 32-bit integers (uint32 arrays)."""
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def hash32(x, seed):
    """The hash of x under a seed; uint32 arrays that go together."""
    return mix32(mix32(x ^ mix32(seed)) + seed)


def _operand(by):
    """One operand for each column, or one for all: uint32 [columns or 1]."""
    return np.atleast_1d(np.asarray(by, np.uint32))


def _each(change):
    """An operation that leaves `none` as it is."""

    def run(x):
        absent = x == NONE
        if not absent.any():
            return change(x)
        return np.where(absent, NONE, change(np.where(absent, np.uint32(0), x)))

    return run


def _changed(change):
    def make(attributes, maps):
        by = _operand(attributes["by"])
        run = _each(lambda x: change(x, by))
        return lambda inputs: run(inputs["x"])

    return make


def _within(attributes, maps):
    start, end = _operand(attributes["from"]), _operand(attributes["to"])

    def run(inputs):
        x = inputs["x"]
        return np.where((x >= start) & (x < end), x - start, NONE)

    return run


def _through(attributes, maps):
    entries = maps[attributes["map"]]

    def change(x):
        if x.size and int(x.max()) >= entries.length:
            raise ReaderError("index %d is outside a map of %d entries" % (x.max(), entries.length))
        return entries.at(x)

    run = _each(change)
    return lambda inputs: run(inputs["x"])


def _add(attributes, maps):
    def run(inputs):
        x, other = inputs["x"], inputs["other"]
        return np.where((x == NONE) | (other == NONE), NONE, x + other)

    return run


def _in_set(position):
    def make(attributes, maps):
        ids = IdSet(attributes["set"], maps)

        def change(x):
            there, below = ids.find(x)
            return position(x, there, below).astype(np.uint32)

        run = _each(change)
        return lambda inputs: run(inputs["x"])

    return make


def _of_class(attributes, maps):
    classes = Classes(attributes["classes"], maps)
    return lambda inputs: class_positions(classes, inputs["x"], attributes["label"])


def _probed(attributes, maps):
    slots = attributes["slots"]
    keys = maps[slots["keys"]]
    seed, empty = _operand(slots["seed"]), slots["empty"]

    def change(x):
        slot = (hash32(x, seed) % np.uint32(keys.length)).astype(np.int64)
        found = np.full(x.shape, NONE, np.uint32)
        looking = np.ones(x.shape, bool)
        for _ in range(slots["probes"]):
            key = keys.at(slot)
            found = np.where(looking & (key == x), slot.astype(np.uint32), found)
            looking &= (key != x) & (key != empty)
            slot = np.where(slot + 1 == keys.length, 0, slot + 1)
        return found

    run = _each(change)
    return lambda inputs: run(inputs["x"])


def _picked(attributes, maps):
    columns = np.asarray(attributes["columns"], np.int64)
    return lambda inputs: inputs["x"][:, columns]


def _chosen(attributes, maps):
    here = np.asarray(attributes["here"]) == 1
    return lambda inputs: np.where(here, inputs["x"], inputs["other"])


def _side_by_side(attributes, maps):
    return lambda inputs: np.concatenate([inputs[key] for key in sorted(inputs, key=int)], axis=1)


# Makers of the operations: of the attributes of a node and the maps of the model, a function of the inputs by name.
INDEX_OPERATIONS = {
    "index-plus": _changed(lambda x, by: x + by),
    "index-times": _changed(lambda x, by: x * by),
    "index-div": _changed(lambda x, by: x // by),
    "index-mod": _changed(lambda x, by: x % by),
    "index-and": _changed(lambda x, by: x & by),
    "index-hash": _changed(hash32),
    "index-within": _within,
    "index-pick": _picked,
    "index-map": _through,
    "index-with": _side_by_side,
    "index-choose": _chosen,
    "index-add": _add,
    "index-or": lambda attributes, maps: lambda i: np.where(i["x"] == NONE, i["other"], i["x"]),
    "index-unless": lambda attributes, maps: lambda i: np.where(i["other"] == NONE, i["x"], NONE),
    "index-known": lambda attributes, maps: lambda i: (i["x"] != NONE).astype(np.uint32),
    "index-among": _in_set(lambda x, there, below: np.where(there, below, NONE)),
    "index-besides": _in_set(lambda x, there, below: np.where(there, NONE, x - below)),
    "index-class": _of_class,
    "index-probed": _probed,
}
