"""Sets of ids and classes of ids, as maps have them. Indices are uint32 arrays [rows, columns]."""

import numpy as np

from .bits import NONE, ONES


def _ones(words):
    return ONES[words.astype("<u4")[..., None].view(np.uint8)].sum(axis=-1, dtype=np.int64)


class IdSet:
    """Ids of a set: whether an id is one of them, and how many come before it."""

    def __init__(self, form, maps):
        self.form = form["form"]
        self.ids = form["ids"]
        self.stretch = form["stretch"]
        self.maps = [maps[number] for number in form["maps"]]

    def find(self, ids):
        """Booleans and int64, in the shape of the ids."""
        if not self.maps:
            return np.zeros(ids.shape, bool), np.zeros(ids.shape, np.int64)
        return self._in_list(ids) if self.form == "list" else self._in_bitmap(ids)

    def _in_list(self, ids):
        entries = self.maps[0]
        below = np.asarray(entries.first_from(ids), np.int64)
        there = entries.sorted[np.minimum(below, entries.length - 1)] == ids
        return there & (below < entries.length) & (ids < self.ids), below

    def _in_bitmap(self, ids):
        words = self.maps[0]
        at = ids.astype(np.int64)
        inside = at < 32 * words.length
        at = np.where(inside, at, 0)
        own = words.at(at >> 5)
        there = inside & (((own >> (at & 31).astype(np.uint32)) & 1) == 1)
        first = at // self.stretch
        below = _ones(own & ((np.uint64(1) << (at & 31).astype(np.uint64)) - np.uint64(1)).astype(np.uint32))
        if len(self.maps) > 1:
            before = self.maps[1]
            below = below + np.where(first == 0, 0, before.at(np.maximum(first - 1, 0)))
        for k in range(self.stretch // 32):
            word = first * (self.stretch // 32) + k
            passed = word < at >> 5
            below = below + np.where(passed, _ones(words.at(np.where(passed, word, 0))), 0)
        return there, below


class Classes:
    """Classes of the ids of several fields: the class of an id, and its position among the ids of the class."""

    def __init__(self, form, maps):
        self.form = form["form"]
        self.offsets = np.asarray(form["offsets"], np.int64)
        self.ids = form["ids"]
        self.classes = form["classes"]
        self.stored = form["stored"]
        self.stretch = form["stretch"]
        self.maps = [maps[number] for number in form["maps"]]
        self.members = IdSet(form["set"], maps) if form.get("set") is not None else None
        if self.form == "runs":
            self._prepare_runs()

    def find(self, ids):
        """Classes and positions, int64 in the shape of the ids [rows, fields]. Ids are no `none`."""
        if self.form == "runs":
            return self._in_runs(ids)
        numbers = self.offsets + ids.astype(np.int64)
        if self.form == "labels":
            return self._labels(numbers)
        last = np.full(ids.shape, self.classes - 1, np.int64)
        if not self.maps:
            return last, np.zeros(ids.shape, np.int64)
        there, below = self.members.find(numbers.astype(np.uint32))
        labels, positions = self._labels(np.where(there, below, 0))
        return np.where(there, labels, last), np.where(there, positions, 0)

    def _labels(self, items):
        of_items = self.maps[0]
        labels = of_items.at(items).astype(np.int64)
        positions = np.zeros(items.shape, np.int64)
        stored = labels < self.stored
        if len(self.maps) == 1 or not np.any(stored):
            return labels, positions
        own, at = labels[stored], items[stored]
        first = at // self.stretch
        counts = self.maps[1].at(first * self.stored + own).astype(np.int64)
        # The items between the beginning of the stretch and each item.
        for k in range(int(np.max(at - first * self.stretch))):
            item = first * self.stretch + k
            before = item < at
            counts += before & (of_items.at(np.where(before, item, 0)) == own)
        positions[stored] = counts
        return labels, positions

    def _prepare_runs(self):
        counts, starts, classes = (map_.entries().astype(np.int64) for map_ in self.maps)
        self.firsts = np.concatenate([[0], np.cumsum(counts)])
        self.starts, self.of_runs = starts, classes
        fields = np.repeat(np.arange(len(counts)), counts)
        cardinalities = np.append(self.offsets[1:], self.ids) - self.offsets
        ends = np.append(starts[1:], 0)
        ends[self.firsts[1:][counts > 0] - 1] = cardinalities[counts > 0]
        self.positions = np.zeros(len(starts), np.int64)
        for label in range(self.stored):
            own = np.flatnonzero(classes == label)
            lengths = ends[own] - starts[own]
            self.positions[own] = np.cumsum(lengths) - lengths
        # Fields follow each other: a run begins at its first id plus all ids of the fields before.
        self.begins = starts + self.offsets[fields]

    def _in_runs(self, ids):
        numbers = self.offsets + ids.astype(np.int64)
        run = np.searchsorted(self.begins, numbers, "right") - 1
        labels = self.of_runs[run]
        inside = ids.astype(np.int64) - self.starts[run]
        return labels, np.where(labels < self.stored, self.positions[run] + inside, 0)


def class_positions(classes, ids, label):
    """Positions of the ids of a class, `none` for others."""
    known = ids != NONE
    labels, positions = classes.find(np.where(known, ids, np.uint32(0)))
    return np.where(known & (labels == label), positions, NONE).astype(np.uint32)
