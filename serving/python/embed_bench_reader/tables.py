"""Embedding tables that were compressed: a folder with manifest.json and model.safetensors."""

import os

import numpy as np

from .errors import ReaderError
from .manifest import read_manifest
from .program import Program
from .safetensors import Safetensors
from .stored_layer import StoredLayer

FORMAT, VERSION = "embed-bench tables", 1

# Ids that go through a program at a time.
IDS_AT_ONCE = 2**16


class Tables:
    """Tables by their names. Memory stays that of the file: rows are decoded as they are looked up."""

    def __init__(self, folder):
        words = ("compressed tables", "compress the tables again")
        self.manifest = read_manifest(folder, FORMAT, VERSION, *words)
        self.tensors = Safetensors(os.path.join(folder, "model.safetensors"), *words)
        stored = StoredLayer(self.manifest["layer"], self.tensors)
        self._entries = {entry["name"]: entry for entry in self.manifest["embeddings"]}
        self._programs = {
            name: Program(entry["program"], stored.maps, stored.tables, stored.arrays)
            for name, entry in self._entries.items()
        }

    @property
    def bytes(self):
        """Bytes that the tensors take in memory."""
        return self.tensors.nbytes

    @property
    def names(self):
        """Names of the tables, in their order."""
        return list(self._entries)

    def rows(self, name):
        """Rows of a table; its ids are below."""
        return self._entry(name)["rows"]

    def dim(self, name):
        """Floats of a vector of a table."""
        return self._entry(name)["dim"]

    def vectors(self, name, ids):
        """Vectors of ids [n], integers: float32 [n, dim]. Raises a ReaderError, which is a ValueError, for ids that the table has not."""
        entry = self._entry(name)
        checked = _checked(name, entry["rows"], np.asarray(ids))
        vectors = np.empty((len(checked), entry["dim"]), np.float32)
        for start in range(0, len(checked), IDS_AT_ONCE):
            piece = checked[start : start + IDS_AT_ONCE, None].astype(np.uint32)
            vectors[start : start + IDS_AT_ONCE] = self._programs[name].run(len(piece), ids=piece)
        return vectors

    def _entry(self, name):
        if name not in self._entries:
            raise ReaderError("there is no table %s; there are %s" % (name, ", ".join(self._entries)))
        return self._entries[name]


def _checked(name, rows, ids):
    if ids.size == 0 and ids.ndim == 1:
        return ids
    if ids.ndim != 1 or not np.issubdtype(ids.dtype, np.integer):
        raise ReaderError("%s: ids of type %s and shape %s; they are integers [n]" % (name, ids.dtype, list(ids.shape)))
    wrong = (ids < 0) | (ids >= rows)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise ReaderError(
            "%s: %d (at %d) is no id of a table of %d rows; ids are 0 to %d" % (name, ids[at], at, rows, rows - 1)
        )
    return ids


def open_tables(folder):
    """Opens a folder of compressed tables. Raises a ReaderError if it is none, or not readable by this version."""
    return Tables(os.fspath(folder))
