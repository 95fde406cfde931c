"""Writes tests/fixtures/golden/label-suspects.json: drawn predictions with some labels changed, and what cleanlab says of them (2.9.0 made the checked-in file).

Run from the project's folder: python scripts/golden/label-suspects.py
"""
import json

import numpy as np
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores

CLASSES = 5
random = np.random.default_rng(11)


def draw(examples, wrong):
    """Labels of which some are wrong, the last class a rare one, and predictions that are right of most."""
    truths = random.choice(CLASSES, examples, p=[0.3, 0.3, 0.2, 0.15, 0.05])
    labels = np.where(random.random(examples) < wrong, random.integers(0, CLASSES, examples), truths)
    logits = random.normal(size=(examples, CLASSES))
    logits[np.arange(examples), truths] += 2.5
    probabilities = np.exp(logits)
    probabilities = (probabilities / probabilities.sum(1, keepdims=True)).round(5).astype(np.float32)
    return labels, probabilities


def judge(labels, probabilities):
    probabilities64 = probabilities.astype(np.float64)
    issues = {
        "noise-rate": find_label_issues(labels, probabilities64, filter_by="prune_by_noise_rate"),
        "confident": find_label_issues(labels, probabilities64, filter_by="confident_learning"),
    }
    scores = {
        "self-confidence": get_label_quality_scores(labels, probabilities64, method="self_confidence"),
        "normalized-margin": get_label_quality_scores(labels, probabilities64, method="normalized_margin"),
    }
    return {
        "labels": labels.tolist(),
        "probabilities": [float(f"{value:.5f}") for value in probabilities.ravel()],
        "thresholds": get_confident_thresholds(labels, probabilities64).tolist(),
        "joint": compute_confident_joint(labels, probabilities64).tolist(),
        "issues": {name: np.flatnonzero(mask).tolist() for name, mask in issues.items()},
        "scores": {name: values.tolist() for name, values in scores.items()},
    }


with open("tests/fixtures/golden/label-suspects.json", "w") as file:
    cases = {"many": judge(*draw(300, 0.15)), "few": judge(*draw(40, 0.3))}
    json.dump({"classes": CLASSES, "cases": cases}, file)
