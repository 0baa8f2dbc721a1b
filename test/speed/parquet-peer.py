"""DuckDB's half of test/speed/parquet.ts: makes the file, or reads all of it.

parquet-peer.py make FILE ROWS    a label, 13 integers, 26 texts; a log-uniform draw of as many ids as Criteo's fields have
parquet-peer.py read FILE         reads every column on one thread, and hashes each value; prints rows, seconds and CPU seconds
"""

import resource
import sys
import time

import duckdb

IDS = [1460, 583, 2000000, 800000, 305, 24, 12517, 633, 3, 93145, 5683, 1800000, 3194]
IDS += [27, 14992, 1200000, 10, 5652, 2173, 4, 1500000, 18, 15, 286181, 105, 142572]

connection = duckdb.connect()
connection.execute("PRAGMA threads=1")


def make(path, rows):
    connection.execute("SELECT setseed(0.5)")
    columns = ["(random() < 0.25)::INTEGER AS label"]
    for i in range(13):
        drawn = f"(floor(pow({10 ** (1 + i % 5)}, random()))::INTEGER - 1)"
        columns.append(f"CASE WHEN random() < {0.02 * (i + 1)} THEN NULL ELSE {drawn} END AS I{i + 1}")
    for i, ids in enumerate(IDS):
        drawn = f"printf('%08x', (hash(floor(pow({ids}, random()))::BIGINT * 31 + {i}) % 4294967296)::BIGINT)"
        columns.append(f"CASE WHEN random() < 0.03 THEN NULL ELSE {drawn} END AS C{i + 1}")
    connection.execute(f"COPY (SELECT {', '.join(columns)} FROM range({rows})) TO '{path}' (FORMAT parquet)")


def read(path):
    names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
    start, cpu = time.perf_counter(), time.process_time()
    hashes = ", ".join(f"bit_xor(hash({name}))" for name in names)
    rows = connection.execute(f"SELECT count(*), {hashes} FROM '{path}'").fetchone()[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(rows, time.perf_counter() - start, time.process_time() - cpu, peak / 1e3)


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]))
else:
    read(sys.argv[2])
