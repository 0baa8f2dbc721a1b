"""Decodes a folder of compressed tables by docs/compress.md alone, with NumPy, and compares it with the decoded file. A reader of its own."""
import json
import sys

import numpy as np
from safetensors.numpy import load_file

folder, decoded = sys.argv[1:]
manifest = json.load(open(f"{folder}/manifest.json"))
tensors = load_file(f"{folder}/model.safetensors")
expected = load_file(decoded)


def unpack(tensor, bits, length):
    if tensor.dtype != np.uint8 or bits == 8:
        return tensor.astype(np.int64)
    ones = np.unpackbits(tensor, bitorder="little")[: length * bits].reshape(length, bits)
    return ones.astype(np.int64) @ (1 << np.arange(bits, dtype=np.int64))


def table_of(entry):
    tensor, stored = tensors[entry["tensor"]], entry["stored"]
    if stored is None or stored["kind"] == "fp16":
        return tensor.astype(np.float32)
    assert stored["kind"] == "row-wise" and stored["bits"] == 8 and tensor.ndim == 2
    scale, low = tensor[:, -8:].copy().view("<f4").T
    return (low[:, None] + scale[:, None].astype(np.float64) * tensor[:, :-8]).astype(np.float32)


def members(found, maps):
    values = maps[found["map"]]
    if found["form"] == "list":
        return values[values < found["numbers"]]
    return np.flatnonzero(np.unpackbits(values.astype("<u4").view(np.uint8), bitorder="little"))


worst = 0.0
for layer in manifest["layers"]:
    tables = [table_of(entry) for entry in layer["tables"]]
    weights = [tensors[entry["tensor"]].ravel() for entry in layer["weights"]]
    maps = [unpack(tensors[entry["tensor"]], entry["bits"], entry["length"]) for entry in layer["maps"]]
    dim = layer["dim"]
    for source in layer["sources"]:
        vectors = np.zeros((source["rows"], dim), np.float32)
        left = np.ones(source["rows"], bool)
        for case in source["recipe"]:
            ids, rule = np.arange(source["rows"]), case["ids"]
            if rule["kind"] == "below":
                positions = np.where(ids < rule["end"], ids, -1)
            else:
                own = members(rule["set"], maps)
                inside = np.isin(ids + rule["offset"], own)
                before = np.searchsorted(own, ids + rule["offset"])
                place = before if rule["kind"] == "in" else ids + rule["offset"] - before
                positions = np.where(inside == (rule["kind"] == "in"), place - rule["first"], -1)
            here = left & (positions >= 0)
            left &= ~here
            p = positions[here]
            for term in case["terms"]:
                if "table" not in term:
                    vectors[here] += weights[term["weight"]][term["from"] : term["from"] + dim]
                    continue
                row, table = term["row"], tables[term["table"]]
                number = np.full(len(p), row["first"])
                if row["add"] == "position":
                    number += p
                elif row["add"] == "block":
                    number += p % row["block"]
                elif row["add"] == "map":
                    block = row["block"]
                    number += maps[row["map"]][row["start"] + p // block] * block + p % block
                rows = table[number]
                if "matrix" in term:
                    matrix = weights[term["matrix"]["weight"]][term["matrix"]["from"] :][: table.shape[1] * dim]
                    rows = rows @ matrix.reshape(table.shape[1], dim)
                width = min(rows.shape[1], dim - term["at"])
                vectors[here, term["at"] : term["at"] + width] += rows[:, :width]
        worst = max(worst, float(np.abs(vectors - expected[source["name"]]).max()))
print(worst)
