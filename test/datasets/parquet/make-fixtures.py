"""Writes the small Parquet files of the tests: pyarrow's and DuckDB's forms of one generated table.

python3 test/datasets/parquet/make-fixtures.py    (needs pyarrow and duckdb)

Every value is a function of its row, which generated-table.ts repeats.
"""

import datetime as dt
import decimal
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 60
folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "fixtures")
rows = range(ROWS)


def column(type, value, null=lambda i: False):
    return pa.array([None if null(i) else value(i) for i in rows], type)


def genres(i):
    if i % 13 == 0:
        return None
    return [None if i % 17 == 1 and j == 0 else f"g{(i + j) % 7}" for j in range(i % 4)]


day = dt.date(2020, 1, 1)
moment = dt.datetime(2021, 3, 4, 5, 6, 7)
table = pa.table(
    {
        "label": column(pa.int32(), lambda i: int(i % 3 == 0)),
        "i32": column(pa.int32(), lambda i: i * i - 500, lambda i: i % 7 == 3),
        "i64": column(pa.int64(), lambda i: i * 9007199254740993 - 1, lambda i: i % 11 == 5),
        "u32": column(pa.uint32(), lambda i: 2**32 - 1 - i),
        "u64": column(pa.uint64(), lambda i: 2**64 - 1 - i),
        "f32": column(pa.float32(), lambda i: i / 8 - 2, lambda i: i % 9 == 8),
        "f64": column(pa.float64(), lambda i: i / 10),
        "half": column(pa.float16(), lambda i: i / 4),
        "bool": column(pa.bool_(), lambda i: i % 5 < 2, lambda i: i % 6 == 5),
        "text": column(pa.string(), lambda i: f"t{i % 10}", lambda i: i % 5 == 4),
        "long": column(pa.string(), lambda i: "ü" + str(i) * 4),
        "bytes": column(pa.binary(), lambda i: b"b" + str(i % 3).encode()),
        "fixed": column(pa.binary(4), lambda i: b"%04d" % i),
        "money": column(pa.decimal128(9, 2), lambda i: decimal.Decimal(i * 125 - 300) / 100, lambda i: i % 8 == 7),
        "wide": column(pa.decimal128(30, 3), lambda i: decimal.Decimal(i * 10**20) / 1000),
        "day": column(pa.date32(), lambda i: day + dt.timedelta(days=i)),
        "ms": column(pa.timestamp("ms"), lambda i: moment + dt.timedelta(milliseconds=250 * i)),
        "us": column(pa.timestamp("us"), lambda i: moment + dt.timedelta(seconds=i)),
        "ns": column(pa.timestamp("ns"), lambda i: moment + dt.timedelta(hours=i)),
        "genres": pa.array([genres(i) for i in rows], pa.list_(pa.string())),
        "numbers": pa.array([[i, i + 1] for i in rows], pa.list_(pa.int64())),
        "device": pa.array([{"os": f"os{i % 3}", "age": i} if i % 4 else None for i in rows]),
        "graded": pa.DictionaryArray.from_arrays(pa.array([i % 3 for i in rows]), pa.array(["0", "1", "2", "never"])),
        "pairs": pa.array([[("k", i)] for i in rows], pa.map_(pa.string(), pa.int64())),
    }
)


def write(name, **options):
    pq.write_table(table, os.path.join(folder, name + ".parquet"), **options)


plain = ["i32", "i64", "u32", "u64", "f32", "f64", "text", "long"]
delta = {c: "DELTA_BINARY_PACKED" for c in ["i32", "i64", "u32", "u64", "day", "us"]}
delta |= {"text": "DELTA_LENGTH_BYTE_ARRAY", "long": "DELTA_BYTE_ARRAY", "bytes": "DELTA_BYTE_ARRAY"}
delta |= {c: "BYTE_STREAM_SPLIT" for c in ["f32", "f64", "half", "fixed", "money"]}
write("snappy-groups", row_group_size=25)
write("small-pages", data_page_size=128, write_batch_size=16, write_page_checksum=True, compression="none")
write("plain-v2", use_dictionary=False, data_page_version="2.0", compression="zstd", write_page_checksum=True)
write("deltas", use_dictionary=False, column_encoding=delta, compression="gzip", row_group_size=33)
write("deltas-v2", use_dictionary=False, column_encoding=delta, data_page_version="2.0", compression="brotli")
write("lz4-int96", compression="lz4", use_deprecated_int96_timestamps=True, use_dictionary=["text", "us", "genres"])

try:
    import duckdb

    flat = table.drop_columns(["half", "pairs"])
    path = os.path.join(folder, "duckdb.parquet")
    duckdb.sql(f"COPY (SELECT * FROM flat) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
except ImportError:
    print("without duckdb, its file is not written")
