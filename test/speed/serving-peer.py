"""The Python reader's part of test/speed/serving.ts: prints what test/speed/serving-process.ts prints.

serving-peer.py FOLDER BATCHES SECONDS
"""

import json
import sys
import time

import numpy as np

from embed_bench_reader import open_model

BATCHES_DRAWN = 64


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def calls(model, drawn, seconds):
    found = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(found) < 32:
        start = time.perf_counter()
        model.probabilities(*drawn[len(found) % len(drawn)])
        found.append(time.perf_counter() - start)
    return found


folder, batches, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
before = resident()
start = time.perf_counter()
model = open_model(folder)
opened = time.perf_counter() - start
stream = np.random.default_rng(1)
cardinalities = [field["cardinality"] for field in model.manifest["fields"]]
timed, processors = [], []
for size in map(int, batches.split(",")):
    drawn = [
        (
            stream.random((size, model.manifest["denseColumns"]), np.float32),
            stream.integers(0, cardinalities, (size, len(cardinalities))),
        )
        for _ in range(BATCHES_DRAWN)
    ]
    calls(model, drawn, seconds / 2)
    used = time.process_time()
    timed.append(calls(model, drawn, seconds))
    processors.append((time.process_time() - used) / len(timed[-1]))
found = {"openSeconds": opened, "residentBytes": resident() - before}
print(json.dumps({**found, "seconds": timed, "processorSeconds": processors}))
