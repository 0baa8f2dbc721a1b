"""Reads a model that embed-bench exported: NumPy alone, Python 3.9 or later.

    import embed_bench_reader
    model = embed_bench_reader.open_model("exported/")
    model.predict([{"I1": 3, "C1": "68fd1e64"}])
"""

from .errors import ReaderError
from .model import Model, open_model

__all__ = ["Model", "ReaderError", "open_model"]
