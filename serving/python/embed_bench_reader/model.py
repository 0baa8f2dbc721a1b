"""An exported model: a folder with manifest.json, model.safetensors and, for raw rows, vocabulary.safetensors."""

import os

import numpy as np

from .errors import ReaderError
from .kernels import sigmoid
from .manifest import read_manifest
from .program import Program
from .raw_rows import RowEncoder, pooled
from .safetensors import Safetensors
from .stored_layer import StoredLayer, floats_of

FORMAT, VERSION = "embed-bench model", 1


class Model:
    """Memory stays that of the file: rows are decoded as they are looked up."""

    def __init__(self, folder):
        self.folder = folder
        self.manifest = read_manifest(folder, FORMAT, VERSION, "an exported model", "export the model again")
        self.tensors = Safetensors(os.path.join(folder, "model.safetensors"))
        layer, network = self.manifest["layer"], self.manifest["network"]
        stored = StoredLayer(layer, self.tensors)
        self._layer = Program(layer["program"], stored.maps, stored.tables, stored.arrays)
        arrays = {
            "network": floats_of(network["variables"], self.tensors),
            "stored": floats_of(network["arrays"], self.tensors),
        }
        self._network = Program(network["program"], stored.maps, stored.tables, arrays)
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


def open_model(folder):
    """Opens the folder of an exported model. Raises a ReaderError if it is none, or not readable by this version."""
    return Model(os.fspath(folder))
