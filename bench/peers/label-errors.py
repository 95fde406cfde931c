"""Answers each line {labels, probabilities: [[...], ...]} with the label errors that cleanlab finds, as {issues: [row, ...], stable: [row, ...]}.

Where cleanlab rounds counts it sorts, and which of equal ones it takes first is left to numpy's sort, which is another one on other
processors: `stable` are its errors where equal ones keep their order.
"""
import json
import sys

import numpy as np
from cleanlab.filter import find_label_issues

as_installed = np.argsort


def stable_argsort(values, *args, **options):
    options["kind"] = "stable"
    return as_installed(values, *args, **options)


def issues(labels, probabilities, argsort):
    np.argsort = argsort
    mask = find_label_issues(labels, probabilities, filter_by="prune_by_noise_rate", n_jobs=1)
    np.argsort = as_installed
    return np.flatnonzero(mask).tolist()


for line in sys.stdin:
    request = json.loads(line)
    labels = np.array(request["labels"])
    probabilities = np.array(request["probabilities"], dtype=np.float64)
    answer = {
        "issues": issues(labels, probabilities, as_installed),
        "stable": issues(labels, probabilities, stable_argsort),
    }
    print(json.dumps(answer), flush=True)
