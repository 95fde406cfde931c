"""Writes tests/fixtures/golden/evaluation-statistics.json: scikit-learn's and SciPy's curves, calibration and tests of the predictions in
classification-metrics.json (scikit-learn 1.9 and SciPy 1.17 made the checked-in file).

Run from the project's folder: python scripts/golden/evaluation-statistics.py
"""
import json

import numpy as np
from scipy import optimize, special, stats
from sklearn import calibration, metrics

with open("tests/fixtures/golden/classification-metrics.json") as file:
    golden = json.load(file)
labels = np.array(golden["labels"])
probabilities = np.array(golden["probabilities"], dtype=np.float32).reshape(len(labels), -1)
classes = probabilities.shape[1]
one_hot = np.eye(classes)[labels]


def curves(truth, scores):
    fpr, tpr, _ = metrics.roc_curve(truth, scores, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(truth, scores)
    # At the thresholds that are scores of positives, where recall rises; without the end at recall 0, which has no threshold.
    rises = np.flatnonzero(np.diff(recall) < 0)
    return {
        "rocAuc": metrics.roc_auc_score(truth, scores),
        "averagePrecision": metrics.average_precision_score(truth, scores),
        # True positive rates at these false positive rates.
        "truePositiveRates": np.interp([0.05, 0.1, 0.25, 0.5, 0.9], fpr, tpr).tolist(),
        "recalls": recall[rises][::-1].tolist(),
        "precisions": precision[rises][::-1].tolist(),
    }


grid = np.linspace(0, 1, 101)
macro_tpr = np.mean(
    [np.interp(grid, *metrics.roc_curve(one_hot[:, index], probabilities[:, index], drop_intermediate=False)[:2]) for index in range(classes)], axis=0
)

logits = np.log(np.maximum(probabilities.astype(np.float64), 2.0**-126))


def loss(temperature):
    return -np.mean(special.log_softmax(logits / temperature, axis=1)[np.arange(len(labels)), labels])


temperature = optimize.minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-12}).x
confidence = probabilities.max(1)
correct = probabilities.argmax(1) == labels
bins = {}
for binning, strategy in {"width": "uniform", "mass": "quantile"}.items():
    accuracies, confidences = calibration.calibration_curve(correct, confidence.astype(np.float64), n_bins=10, strategy=strategy)
    bins[binning] = {"accuracies": accuracies.tolist(), "confidences": confidences.tolist()}

tables = [[[8, 2], [1, 5]], [[90, 10], [700, 200]], [[0, 3], [40, 2]], [[5, 5], [5, 5]], [[1, 0], [999, 1]], [[1200, 300], [7900, 600]]]
p_values = [stats.fisher_exact(table).pvalue for table in tables]

order = np.argsort(-confidence, kind="stable")
coverage = np.arange(1, len(labels) + 1) / len(labels)
risk = np.cumsum(~correct[order]) / np.arange(1, len(labels) + 1)

with open("tests/fixtures/golden/evaluation-statistics.json", "w") as file:
    json.dump(
        {
            "perClass": [curves(one_hot[:, index], probabilities[:, index]) for index in range(classes)],
            "micro": curves(one_hot.ravel(), probabilities.ravel()),
            "macroTruePositiveRates": macro_tpr.tolist(),
            "temperature": temperature,
            "lossBefore": loss(1.0),
            "lossAfter": loss(temperature),
            "scaled": special.softmax(logits[:5] / temperature, axis=1).ravel().tolist(),
            "bins": bins,
            "fisher": [{"table": table, "p": p} for table, p in zip(tables, p_values)],
            "adjusted": stats.false_discovery_control(p_values).tolist(),
            "riskCoverage": {"coverages": coverage.tolist(), "risks": risk.tolist()},
        },
        file,
    )
