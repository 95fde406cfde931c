"""Answers each line {labels, probabilities: [[...], ...]} with {issues: [row, ...]}: the label errors that cleanlab finds."""
import json
import sys

import numpy as np
from cleanlab.filter import find_label_issues

for line in sys.stdin:
    request = json.loads(line)
    labels = np.array(request["labels"])
    probabilities = np.array(request["probabilities"], dtype=np.float64)
    mask = find_label_issues(labels, probabilities, filter_by="prune_by_noise_rate", n_jobs=1)
    print(json.dumps({"issues": np.flatnonzero(mask).tolist()}), flush=True)
