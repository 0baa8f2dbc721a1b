"""DuckDB beside test/speed/text.ts: text-peer.py FILE reads every column of a CSV or TSV on one thread, and hashes each value.

Labels and numbers are read as integers and doubles, tokens as texts; prints MB per CPU second, for each of five rounds, and the peak of memory.
"""

import os
import resource
import sys
import time

import duckdb

path = sys.argv[1]
numbers = {"label": "INTEGER", **{f"I{i + 1}": "DOUBLE" for i in range(13)}}
types = {**numbers, **{f"C{i + 1}": "VARCHAR" for i in range(26)}}
columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
tabs = path.endswith(".tsv")
form = f"delim='{chr(9) if tabs else ','}', header={str(not tabs).lower()}, quote='\"', columns={{{columns}}}"
hashes = ", ".join(f"bit_xor(hash({name}))" for name in types)

connection = duckdb.connect()
connection.execute("PRAGMA threads=1")
for _ in range(5):
    cpu = time.process_time()
    connection.execute(f"SELECT count(*), {hashes} FROM read_csv('{path}', {form})").fetchone()
    print(round(os.path.getsize(path) / 1e6 / (time.process_time() - cpu)), "MB per CPU second")
print(round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3), "MB of memory")
