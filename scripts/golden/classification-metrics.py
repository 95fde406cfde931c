"""Writes tests/fixtures/golden/classification-metrics.json: drawn predictions, and scikit-learn's metrics of them (1.9 made the checked-in file).

Run from the project's folder: python scripts/golden/classification-metrics.py
"""
import json

import numpy as np
from sklearn import metrics

EXAMPLES, CLASSES = 60, 4
random = np.random.default_rng(7)
labels = random.integers(0, CLASSES, EXAMPLES)
logits = random.normal(size=(EXAMPLES, CLASSES)).round(1)
logits[np.arange(EXAMPLES), labels] += 1.0
probabilities = np.exp(logits)
probabilities /= probabilities.sum(1, keepdims=True)
probabilities = probabilities.round(3).astype(np.float32)
predicted = probabilities.argmax(1)
one_hot = np.eye(CLASSES)[labels]

values = {
    "balanced-accuracy": metrics.balanced_accuracy_score(labels, predicted),
    "precision-macro": metrics.precision_score(labels, predicted, average="macro"),
    "f1-macro": metrics.f1_score(labels, predicted, average="macro"),
    "precision-weighted": metrics.precision_score(labels, predicted, average="weighted"),
    "recall-weighted": metrics.recall_score(labels, predicted, average="weighted"),
    "f1-weighted": metrics.f1_score(labels, predicted, average="weighted"),
    "roc-auc": metrics.roc_auc_score(one_hot, probabilities, average="macro"),
    "average-precision": metrics.average_precision_score(one_hot, probabilities, average="macro"),
    "matthews-correlation": metrics.matthews_corrcoef(labels, predicted),
    "cohens-kappa": metrics.cohen_kappa_score(labels, predicted),
}
with open("tests/fixtures/golden/classification-metrics.json", "w") as file:
    json.dump(
        {
            "labels": labels.tolist(),
            "probabilities": [float(f"{value:.3f}") for value in probabilities.ravel()],
            "metrics": {name: float(value) for name, value in values.items()},
        },
        file,
    )
