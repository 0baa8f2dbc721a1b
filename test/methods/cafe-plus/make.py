"""Makes streams.json anew: what the sketch of CAFE+ does with three streams of random ids and weights.

python3 make.py SKETCH > streams.json

SKETCH is tricks/sketch.cpp of github.com/HugoZHL/CAFE at c757c39; a C++ compiler is needed. The streams are ours.
One line of the file is left out: its constructor returns early when a member that nobody has set happens to be null.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

DRIVER = r"""
static uint32_t word = 12345;
static uint32_t draw() {
  word ^= word << 13; word ^= word >> 17; word ^= word << 5;
  return word;
}

int main() {
  // Limit, first threshold, steps, ids, and whether the threshold rises: at 1 it would rank equal scores by their addresses.
  int cases[3][5] = {{20, 3, 400, 40, 1}, {40, 4, 800, 160, 1}, {20, 1, 400, 90, 0}};
  printf("[");
  for (int c = 0; c < 3; ++c) {
    auto [limit, threshold, steps, most, rises] = cases[c];
    init(limit, threshold, rises, 1.0);
    string ids, weights, promoted, thresholds, pointers;
    for (int i = 0; i < steps; ++i) {
      double u = (draw() % 100000) / 100000.0;
      uint32_t id = 1 + (uint32_t)(u * u * most);
      float weight = (draw() % 8000 + 1) / 1024.0f + (float)i / (1 << 20);
      char number[32];
      auto add = [&](string &list, const char *format, double value) {
        snprintf(number, sizeof number, format, value);
        list += (list.empty() ? "" : ",") + string(number);
      };
      add(ids, "%.0f", id);
      add(weights, "%.9g", weight);
      add(promoted, "%.0f", batch_insert_val(&id, &weight, 1)[0]);
      add(thresholds, "%.9g", ss->Threshold);
      if ((i + 1) % 100 > 0) continue;
      string list;
      for (int x = 1; x <= most; ++x) {
        int found = ss->query(x);
        add(list, "%.0f", found == x ? 0 : -found);
      }
      pointers += (pointers.empty() ? "[" : ",[") + list + "]";
    }
    printf("%s{\"limit\":%d,\"threshold\":%d,\"rises\":%s,\"ids\":[%s],\"weights\":[%s],\"promoted\":[%s],\"thresholds\":[%s],"
           "\"pointers\":[%s]}", c ? "," : "", limit, threshold, rises ? "true" : "false", ids.c_str(), weights.c_str(), promoted.c_str(),
           thresholds.c_str(), pointers.c_str());
  }
  printf("]\n");
}
"""

# The authors' file prints as it goes, keeps its threshold to itself, and has an empty main().
PATCHES = [
    ("if (addr == NULL) return;", ""),
    ("    private:", "    public:"),
    ("int main() {", "int unused() {"),
    ("printf(", "(void)sizeof("),
    ("cout <<", "ostringstream() <<"),
]


def main() -> None:
    text = Path(sys.argv[1]).read_text()
    for old, new in PATCHES:
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder) / "streams.cpp", Path(folder) / "streams"
        source.write_text(text + DRIVER)
        subprocess.run(["g++", "-std=c++17", "-O1", "-w", "-o", program, source], check=True)
        streams = json.loads(subprocess.run([program], check=True, capture_output=True, text=True).stdout)
    origin = "tricks/sketch.cpp of HugoZHL/CAFE at c757c39, compiled (make.py)"
    print(json.dumps({"origin": origin, "streams": streams}, separators=(",", ":")))


main()
