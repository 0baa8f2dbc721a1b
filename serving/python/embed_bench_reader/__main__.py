"""python -m embed_bench_reader FOLDER: recomputes the samples of an exported model."""

import sys

import numpy as np

from .errors import ReaderError
from .model import open_model

TOLERANCE = 1e-5


def main(arguments):
    if len(arguments) != 1 or arguments[0] in ("-h", "--help"):
        print("python -m embed_bench_reader FOLDER: recomputes the sample rows of an exported model and prints the")
        print("largest difference from their probabilities. Exit code 1 above %g, 2 for a folder that is no model." % TOLERANCE)
        return 0 if arguments else 2
    try:
        model = open_model(arguments[0])
        difference = largest_difference(model)
    except ReaderError as error:
        print(error, file=sys.stderr)
        return 2
    samples = model.manifest["samples"]
    kinds = "raw rows and ids" if "rows" in samples else "ids"
    print("%d sample rows from %s, largest difference %.3g" % (samples["size"], kinds, difference))
    return 0 if difference <= TOLERANCE else 1


def largest_difference(model):
    """The largest difference from the probabilities of the samples: of ids and dense values, and of raw rows if there are any."""
    samples = model.manifest["samples"]
    told = np.asarray(samples["probabilities"], np.float64)
    ids = np.asarray(samples["ids"], np.uint32).reshape(-1, len(model.manifest["fields"]))
    dense = np.asarray(samples["dense"], np.float32).reshape(samples["size"], -1)
    further = [
        (entry["field"], entry["pool"], np.asarray(entry["samples"], np.int64))
        for entry in samples.get("further", {}).get("fields", [])
    ]
    found = [model.probabilities(dense, ids, further)]
    if "rows" in samples:
        found.append(model.predict(samples["rows"]))
    # The maximum is no number if one difference is none.
    return float(max((np.max(np.abs(own - told)) for own in found), key=lambda one: (np.isnan(one), one)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
