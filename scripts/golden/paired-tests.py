"""Writes tests/fixtures/golden/paired-tests.json: McNemar's exact test by statsmodels, and the paired percentile bootstrap of the difference of two accuracies by SciPy (0.15 and 1.17 made the checked-in file).

Run from the project's folder: python scripts/golden/paired-tests.py
"""
import json

import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

cases = []
for both, only_first, only_second, neither in [
    (30, 0, 0, 10),
    (100, 1, 5, 20),
    (120, 8, 3, 19),
    (800, 40, 75, 85),
    (40, 12, 12, 6),
    (9000, 260, 330, 410),
    (5, 0, 7, 0),
]:
    differences = np.repeat([0, -1, 1], [both + neither, only_first, only_second])
    test = mcnemar([[both, only_first], [only_second, neither]], exact=True)
    if only_first + only_second == 0:
        low = high = 0.0
    else:
        interval = stats.bootstrap(
            (differences,), np.mean, n_resamples=99_999, batch=500, method="percentile", random_state=3
        ).confidence_interval
        low, high = interval.low, interval.high
    cases.append(
        {
            "examples": int(differences.size),
            "b": only_first,
            "c": only_second,
            "p": float(test.pvalue),
            "interval95": [float(low), float(high)],
        }
    )
with open("tests/fixtures/golden/paired-tests.json", "w") as file:
    json.dump(cases, file, indent=1)
    file.write("\n")
