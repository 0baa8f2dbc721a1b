"""An exported model: a folder with manifest.json, model.safetensors and, for raw rows, vocabulary.safetensors."""

import json
import os

import numpy as np

from .bits import NONE, PackedMap
from .errors import ReaderError
from .kernels import sigmoid
from .program import Program
from .raw_rows import RowEncoder, pooled
from .safetensors import Safetensors
from .stored_tables import reader_of

FORMAT, VERSION = "embed-bench model", 1


class Model:
    """Memory stays that of the file: rows are decoded as they are looked up."""

    def __init__(self, folder):
        self.folder = folder
        self.manifest = _manifest(os.path.join(folder, "manifest.json"))
        self.tensors = Safetensors(os.path.join(folder, "model.safetensors"))
        layer, network = self.manifest["layer"], self.manifest["network"]
        maps = [
            PackedMap(self.tensors.bytes_of(entry["tensor"]), entry["length"], entry["bits"])
            for entry in layer["maps"]
        ]
        tables = [self._table(entry) for entry in layer["tables"]]
        arrays = {"weight": self._floats(layer["weights"]), "stored": self._floats(layer["arrays"])}
        self._layer = Program(layer["program"], maps, tables, arrays)
        arrays = {"network": self._floats(network["variables"]), "stored": self._floats(network["arrays"])}
        self._network = Program(network["program"], maps, tables, arrays)
        self._encoder = None

    @property
    def bytes(self):
        """Bytes that the tensors take in memory."""
        return self.tensors.nbytes

    def vectors(self, ids):
        """Vectors of ids [rows, fields]: float32 [rows, fields, dim]. An id that its field does not have is a ReaderError."""
        ids = np.asarray(ids)
        if ids.ndim != 2 or ids.shape[1] != len(self.manifest["fields"]):
            raise ReaderError(
                "ids of shape %s; the model takes [rows, %d]" % (list(ids.shape), len(self.manifest["fields"]))
            )
        for field, own in zip(self.manifest["fields"], ids.T):
            wrong = own[(own < 0) | (own >= field["cardinality"])]
            if len(wrong) > 0:
                raise ReaderError(
                    "%s: the id %d, and its ids end at %d" % (field["name"], wrong[0], field["cardinality"] - 1)
                )
        return self._layer.run(len(ids), ids=ids.astype(np.uint32))

    def logits(self, dense, vectors):
        """Log-odds of a click [rows], of dense values [rows, columns] as the network takes them and vectors."""
        dense = np.asarray(dense, np.float32).reshape(len(vectors), self.manifest["denseColumns"])
        return self._network.run(len(vectors), dense=dense, vectors=np.asarray(vectors, np.float32)).reshape(-1)

    def probabilities(self, dense, ids, further=()):
        """Click probabilities [rows] of dense values [rows, columns] and ids [rows, fields]. `further`: for each pooled field its number, its pooling, and
        the row of every further value, whose ids are in rows of their own after the first ones."""
        vectors = self.vectors(ids)
        if further:
            vectors = pooled(vectors, len(dense), further)
        return sigmoid(self.logits(dense, vectors).astype(np.float64))

    def predict(self, rows):
        """Click probabilities [rows] of raw rows, dictionaries of cells by column; None is a missing value."""
        if len(rows) == 0:
            return np.zeros(0)
        if self._encoder is None:
            self._encoder = self._row_encoder()
        return self.probabilities(*self._encoder.encode(rows))

    def _row_encoder(self):
        data = self.manifest.get("data")
        if data is None:
            raise ReaderError(
                "%s: the model was exported without its vocabulary; give ids, or export it again with its log"
                % self.folder
            )
        if all("hashed" in field for field in data["fields"]):
            return RowEncoder(data, self.manifest["fields"], None)
        vocabulary = Safetensors(os.path.join(self.folder, "vocabulary.safetensors"))
        return RowEncoder(data, self.manifest["fields"], vocabulary)

    def _floats(self, entries):
        return [
            self.tensors.array(entry["tensor"]).astype(np.float32, copy=False).reshape(entry["shape"])
            for entry in entries
        ]

    def _table(self, entry):
        rows, width, stride = entry["rows"], entry["width"], entry["stride"]
        read = reader_of(entry["stored"], self.tensors.bytes_of(entry["tensor"]), entry["floats"])

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


def open_model(folder):
    """Opens the folder of an exported model. Raises a ReaderError if it is none, or not readable by this version."""
    return Model(os.fspath(folder))


def _manifest(path):
    try:
        with open(path, encoding="utf-8") as file:
            manifest = json.load(file)
    except OSError as error:
        problem = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise ReaderError("%s: %s; name the folder of an exported model" % (path, problem)) from None
    except ValueError:
        raise ReaderError("%s: it is no JSON; name the folder of an exported model" % path) from None
    if not isinstance(manifest, dict) or (manifest.get("format"), manifest.get("version")) != (FORMAT, VERSION):
        raise ReaderError("%s: it is no manifest of version 1 of an exported model; export the model again" % path)
    return manifest
