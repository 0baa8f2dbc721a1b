"""Reads what embed-bench wrote, with NumPy alone, Python 3.9 or later: exported models, and compressed embedding tables.

    import embed_bench_reader
    model = embed_bench_reader.open_model("exported/")
    model.predict([{"I1": 3, "C1": "68fd1e64"}])
    tables = embed_bench_reader.open_tables("compressed/")
    tables.vectors("user_embedding.weight", [0, 3])
"""

from .errors import ReaderError
from .model import Model, open_model
from .tables import Tables, open_tables

__all__ = ["Model", "ReaderError", "Tables", "open_model", "open_tables"]
