"""Writes tests/fixtures/golden/class-activation-maps.json: Grad-CAM and Grad-CAM++ by PyTorch's automatic differentiation, of torchvision's networks
with weights by formula (torchvision 0.29 made the checked-in file).

Run from the project's folder: python scripts/golden/class-activation-maps.py
Needs Python with: pip install torch torchvision numpy
"""

import json
import sys
from pathlib import Path

import numpy
import torch
import torchvision

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "scripts" / "weights"))
from golden_backbones.formula import picture  # noqa: E402
from golden_backbones.publishers import fill_torch  # noqa: E402

SIZE = 96
CLASS = 7
PATTERNS = ["gradient", "noise"]
# Our id, torchvision's model, gain, and layers: our name, and the module whose output is its value.
NETWORKS = [
    (
        "resnet18",
        "resnet18",
        0.8,
        {"layer4.1.relu": "layer4.1", "layer2.1.relu": "layer2.1", "layer3.0.relu1": "layer3.0.relu:first"},
    ),
    (
        "mobilenet_v2_1.0-torchvision",
        "mobilenet_v2",
        0.8,
        {"features.18.2": "features.18", "features.14.conv.1.2": "features.14.conv.1"},
    ),
]


def value_and_gradient(model, path: str, image):
    """The value of a module's output, and the gradient of the class's logit by it, [channels, height, width] each."""
    module = model.get_submodule(path.removesuffix(":first"))
    values = []

    def keep(_module, _inputs, output):
        # A rectifier that follows may work in place, and a module may run twice.
        copy = output.clone()
        copy.retain_grad()
        values.append(copy)
        return copy

    handle = module.register_forward_hook(keep)
    model(image)[0, CLASS].backward()
    handle.remove()
    return values[0].detach()[0], values[0].grad[0]


def grad_cam(value, gradient):
    weights = gradient.mean(dim=(1, 2), keepdim=True)
    return torch.relu((weights * value).sum(0))


def grad_cam_plus_plus(value, gradient):
    squares, cubes = gradient**2, gradient**3
    denominator = 2 * squares + value.sum(dim=(1, 2), keepdim=True) * cubes
    alpha = torch.where(squares > 0, squares / denominator, torch.zeros_like(squares))
    weights = (alpha * torch.relu(gradient)).sum(dim=(1, 2), keepdim=True)
    return torch.relu((weights * value).sum(0))


def scaled(cam) -> list[float]:
    cam = cam.double()
    return [float(f"{value:.7g}") for value in (cam / cam.max()).flatten().tolist()]


def main() -> None:
    rows = []
    for name, constructor, gain, layers in NETWORKS:
        model = getattr(torchvision.models, constructor)(weights=None)
        fill_torch(model, {"gain": gain, "variance": 0.1})
        # In 64 bits, so that what differs is ours.
        model.eval().double()
        for pattern in PATTERNS:
            image = torch.from_numpy(picture(pattern, SIZE).astype(numpy.float64)).permute(2, 0, 1)[None]
            for layer, path in layers.items():
                value, gradient = value_and_gradient(model, path, image)
                maps = {
                    "grad-cam": scaled(grad_cam(value, gradient)),
                    "grad-cam++": scaled(grad_cam_plus_plus(value, gradient)),
                }
                case = {"backbone": name, "gain": gain, "pattern": pattern, "layer": layer}
                rows.append({**case, "side": value.shape[1], "maps": maps})
    package = f"torchvision {torchvision.__version__.split('+')[0]}"
    golden = {"package": package, "size": SIZE, "class": CLASS, "variance": 0.1, "cases": rows}
    file = ROOT / "tests" / "fixtures" / "golden" / "class-activation-maps.json"
    file.write_text(json.dumps(golden, separators=(",", ":")).replace('{"backbone"', '\n{"backbone"') + "\n")
    print(f"{file.name}: {file.stat().st_size} bytes, {len(rows)} cases")


if __name__ == "__main__":
    main()
