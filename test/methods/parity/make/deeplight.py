"""Answers of WayneDW/DeepLight_Deep-Lightweight-Feature-Interactions: how model/DeepFMs.py prunes embeddings.

python deeplight.py QUESTIONS CLONE
"""

import re
import sys

from parity import main, procedure, training, without
from sgd import steps_of, updated

without("sklearn", "sklearn.metrics", "sklearn.base", "tqdm")
# The file has a print statement of Python 2, which is left out.
names = {}
with open(f"{sys.argv[2]}/model/DeepFMs.py") as source:
    exec(re.sub(r"print name, .*", "pass", source.read()), names)
DeepFMs = names["DeepFMs"]


@training(
    "deep-light",
    file="model/DeepFMs.py",
    mapped="one pruning at the end, of the share that the budget leaves; its search for the threshold ran, less a print statement of Python 2, and floats below it become zeros in the script; rows are trained by SGD",
    compared="rows after every step, which floats are dropped",
)
def deep_light(q):
    weight = q.tables[0].detach()
    for index, (rows, slopes, _, _) in enumerate(steps_of(q)):
        weight = updated(q, weight, rows, slopes, lambda x: x)
        if index == q.asked["steps"] - 1:
            dropped = 1 - q.choices["density"]
            threshold = DeepFMs.binary_search_threshold(None, weight, dropped, weight.numel())
            weight[abs(weight) < threshold] = 0
        yield [weight.clone()]


@procedure(
    "deep-light",
    file="model/DeepFMs.py",
    how="formula of",
    mapped="its base .99^(1/100) is such that the schedule leaves the same share to the end",
    compared="share of floats that is dropped by then",
)
def schedule():
    steps, every = 3000, 500
    yield {
        "label": "schedule",
        "input": {"steps": steps, "every": every, "left": 0.99 ** (steps / 100)},
        "expected": {"shares": [1 - 0.99 ** (n / 100.0) for n in range(every, steps, every)]},
    }


main("WayneDW/DeepLight_Deep-Lightweight-Feature-Interactions")
