"""Raw rows as the model takes them: ids, dense values, and further values of pooled fields."""

import math
from collections.abc import Mapping

import numpy as np

from .errors import ReaderError
from .tokens import HashedIds, Vocabulary, number_of, token_of

MOST_VALUES = 255


class RowEncoder:
    """Turns rows, cells by column, into arrays. A column that a row lacks is missing."""

    def __init__(self, data, fields, vocabulary):
        self.dense = data["dense"]
        self.fields = data["fields"]
        self.pools = [field.get("pool") for field in fields]
        self.vocabularies = [
            HashedIds(**field["hashed"])
            if "hashed" in field
            else Vocabulary(vocabulary.array(field["tensor"]), field["outOfVocabulary"])
            for field in self.fields
        ]

    def encode(self, rows):
        """Dense values [rows, columns], ids [rows + further rows, fields], and for each pooled field its number, its
        pooling and the sample of every further value."""
        for number, row in enumerate(rows):
            if not isinstance(row, Mapping):
                raise ReaderError("row %d: %r is no dictionary of cells by column" % (number, row))
        dense = np.array(
            [[_transformed(row.get(rule["name"]), rule) for rule in self.dense] for row in rows], np.float32
        ).reshape(len(rows), len(self.dense))
        columns, further = [], []
        for number, field in enumerate(self.fields):
            cells = [row.get(field["name"]) for row in rows]
            lists = [cell if isinstance(cell, (list, tuple, np.ndarray)) else [cell] for cell in cells]
            if self.pools[number] is None and any(len(cell) != 1 for cell in lists):
                raise ReaderError("%s: a list of values, and the field has one value in a row" % field["name"])
            lists = [cell if len(cell) > 0 else [None] for cell in lists]
            if max(map(len, lists), default=0) > MOST_VALUES:
                raise ReaderError("%s: more than %d values in a row" % (field["name"], MOST_VALUES))
            first, others, samples = self._ids(number, field, lists)
            columns.append((first, others))
            if self.pools[number] is not None:
                further.append((number, self.pools[number], samples))
        return dense, _laid_out(columns, len(rows)), further

    def _ids(self, number, field, lists):
        tokens = [token_of(cell, field) for cells in lists for cell in cells]
        ids = self.vocabularies[number].ids_of(tokens)
        lengths = np.array([len(cells) for cells in lists], np.int64)
        firsts = np.cumsum(lengths) - lengths
        others = np.ones(len(ids), bool)
        others[firsts] = False
        return ids[firsts], ids[others], np.repeat(np.arange(len(lists)), lengths - 1)


def _laid_out(columns, size):
    """First values [size, fields], then rows of further ones. Cells that are left over repeat ids of the first rows."""
    most = max((len(others) for _, others in columns), default=0)
    ids = np.empty((size + most, len(columns)), np.uint32)
    repeated = np.arange(most) % max(1, size)
    for f, (first, others) in enumerate(columns):
        ids[:size, f] = first
        ids[size:, f] = first[repeated]
        ids[size : size + len(others), f] = others
    return ids


def pooled(vectors, size, further):
    """Vectors of all values to one for each sample and field: sums or means."""
    found = vectors[:size].copy()
    for field, pool, samples in further:
        np.add.at(found[:, field], samples, vectors[size : size + len(samples), field])
        if pool == "mean":
            found[:, field] /= (1 + np.bincount(samples, minlength=size))[:, None]
    return found


def _transformed(cell, rule):
    """`log`: log(x + 1), 0 below 0. `raw`: x. `standard`: by mean and deviation. A missing value is 0."""
    if cell is None or (isinstance(cell, str) and cell == ""):
        return 0.0
    x = number_of(cell, rule["name"])
    if rule["transform"] == "raw":
        return x
    if rule["transform"] == "standard":
        return (float(np.float32(x)) - rule.get("mean", 0)) / rule.get("deviation", 1)
    return math.log((x if x.is_integer() else float(np.float32(x))) + 1) if x > 0 else 0.0
