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
        samples = model.manifest.get("samples")
        if samples is None:
            raise ReaderError(
                "%s: the manifest has no samples; export the model again with its log" % arguments[0]
            )
        found = model.predict(samples["rows"])
    except ReaderError as error:
        print(error, file=sys.stderr)
        return 2
    told = np.asarray(samples["probabilities"], np.float64)
    difference = float(np.max(np.abs(found - told))) if len(told) else 0.0
    print("%d rows, largest difference %.3g" % (len(told), difference))
    return 0 if difference <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
