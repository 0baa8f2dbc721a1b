"""The stored parts of a layer, for its programs: tables in their stored form, maps, and arrays of floats."""

import numpy as np

from .bits import NONE, PackedMap
from .errors import ReaderError
from .stored_tables import reader_of


class StoredLayer:
    """The parts of a layer by their numbers, for programs. Memory stays that of the file."""

    def __init__(self, layer, tensors):
        self.maps = [
            PackedMap(tensors.bytes_of(entry["tensor"]), entry["length"], entry["bits"]) for entry in layer["maps"]
        ]
        self.tables = [_table(entry, tensors) for entry in layer["tables"]]
        self.arrays = {
            "weight": floats_of(layer["weights"], tensors),
            "stored": floats_of(layer["arrays"], tensors),
        }


def floats_of(entries, tensors):
    """Arrays of float32 in their shapes."""
    return [
        tensors.array(entry["tensor"]).astype(np.float32, copy=False).reshape(entry["shape"]) for entry in entries
    ]


def _table(entry, tensors):
    """A function of indices: the rows of a table, zeros for NONE, float32 [rows, columns, width]."""
    rows, width, stride = entry["rows"], entry["width"], entry["stride"]
    read = reader_of(entry["stored"], tensors.bytes_of(entry["tensor"]), entry["floats"])

    def look_up(indices):
        flat = indices.reshape(-1)
        there = flat != NONE
        whole = bool(there.all())
        own = (flat if whole else flat[there]).astype(np.int64)
        if len(own) and own.max() >= rows:
            raise ReaderError("row %d is outside %s of %d rows" % (own.max(), entry["tensor"], rows))
        found = read(own * stride, width)
        if not whole:
            vectors = np.zeros((len(flat), width), np.float32)
            vectors[there] = found
            found = vectors
        return found.reshape(indices.shape + (width,))

    return look_up
