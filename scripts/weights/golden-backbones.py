"""Writes tests/fixtures/golden/backbones/<id>.<convention>.json: what the publishers' packages give with weights by formula.

    python scripts/weights/golden-backbones.py [torch|timm|keras] [id ...]

Needs Python with: pip install torch torchvision timm tensorflow-cpu keras numpy efficientnet-lite-pytorch
"""

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy
from golden_backbones.formula import picture
from golden_backbones.networks import NETWORKS, Network
from golden_backbones.publishers import run_keras, run_torch

FOLDER = Path(__file__).parents[2] / "tests" / "fixtures" / "golden" / "backbones"
PATTERNS = ["gradient", "noise"]
SAMPLES = 64
CONVENTIONS = ("torch", "timm", "keras")


def run(network: Network) -> tuple[str, list[dict]]:
    """The package with its version, and the values of the layers for each picture."""
    pictures = [network.scale * picture(pattern, network.size) for pattern in PATTERNS]
    scales = {"gain": network.gain, "variance": network.variance}
    arguments = (network.layers, scales, pictures)
    if network.convention == "keras":
        import keras

        keras.backend.clear_session()
        constructor = getattr(keras.applications, network.model)
        model = constructor(input_tensor=keras.Input((network.size, network.size, 3)), **network.options)
        return f"keras {keras.__version__}", run_keras(model, *arguments)
    if network.convention == "timm":
        import timm

        model = timm.create_model(network.model, pretrained=False, **network.options)
        return f"timm {timm.__version__}", run_torch(model, *arguments)
    if network.package == "efficientnet-lite-pytorch":
        from efficientnet_lite_pytorch import EfficientNet

        model = EfficientNet.from_name(network.model, **network.options)
        version = importlib.metadata.version(network.package)
        return f"{network.package} {version}", run_torch(model, *arguments)
    import torchvision

    model = getattr(torchvision.models, network.model)(weights=None, **network.options)
    return f"torchvision {torchvision.__version__.split('+')[0]}", run_torch(model, *arguments)


def sample(value: numpy.ndarray) -> dict:
    flat = value.astype(numpy.float64).flatten()
    indexes = [(i * 2654435761) % flat.size for i in range(min(SAMPLES, flat.size))]
    return {
        "count": flat.size,
        "mean": rounded(flat.mean()),
        "maximum": rounded(numpy.abs(flat).max()),
        "values": [rounded(flat[index]) for index in indexes],
    }


def rounded(value: float) -> float:
    """With the 9 digits that identify a float32."""
    return float(f"{value:.9g}")


def write(network: Network) -> None:
    package, results = run(network)
    cases = [
        {"pattern": pattern, "layers": {name: sample(value) for name, value in result.items()}}
        for pattern, result in zip(PATTERNS, results)
    ]
    golden = {
        "id": network.id,
        "convention": network.convention,
        "package": package,
        "size": network.size,
        "gain": network.gain,
        "variance": network.variance,
        "cases": cases,
    }
    file = FOLDER / f"{network.id}.{network.convention}.json"
    file.write_text(json.dumps(golden, separators=(",", ":")).replace('{"pattern"', '\n{"pattern"') + "\n")
    largest = {name: layer["maximum"] for name, layer in cases[1]["layers"].items()}
    print(f"{file.name}: {file.stat().st_size} bytes, largest values {largest}", flush=True)


def main() -> None:
    wanted = [argument for argument in sys.argv[1:] if argument not in CONVENTIONS]
    unknown = set(wanted) - {network.id for network in NETWORKS}
    if unknown:
        raise SystemExit(f"Not in golden_backbones/networks.py: {', '.join(sorted(unknown))}")
    conventions = [argument for argument in sys.argv[1:] if argument in CONVENTIONS]
    networks = [network for network in NETWORKS if not wanted or network.id in wanted]
    if not conventions:
        # PyTorch and TensorFlow do not always share a process.
        for convention in dict.fromkeys(network.convention for network in networks):
            subprocess.run([sys.executable, __file__, convention, *wanted], check=True)
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    for network in networks:
        if network.convention in conventions:
            write(network)


if __name__ == "__main__":
    main()
