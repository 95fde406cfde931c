"""Writes a network of Keras's applications or torchvision, classifier and all, with weights by formula, in each of the package's formats.

    python weights-files.py keras VGG16 FOLDER
    python weights-files.py torch resnet18 FOLDER
"""

import json
import math
import os
import struct
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts" / "weights"))

from golden_backbones.formula import tensor

SCALES = {"gain": 1, "variance": 1}


def write_keras(name: str, folder: Path) -> None:
    import keras

    model = getattr(keras.applications, name)(weights=None)
    # Keras numbers layers without a name over all models: those of a second one do not begin at 0.
    if name == "InceptionV3":
        keras.layers.Conv2D(1, 1), keras.layers.BatchNormalization()
        second = keras.applications.InceptionV3(weights=None)
        layers = list(zip(second.layers, [layer.name for layer in model.layers]))
        model = second
    else:
        layers = [(layer, layer.name) for layer in model.layers]
    roles = {"gamma": "gamma", "moving_variance": "variance"}
    for layer, layer_name in layers:
        values = []
        for weight in layer.weights:
            shape = tuple(weight.shape)
            role = "kernel" if weight.name.endswith("kernel") else roles.get(weight.name, "offset")
            depthwise = weight.name == "depthwise_kernel" or type(layer).__name__ == "DepthwiseConv2D"
            fan_in = math.prod(shape[:2] if depthwise else shape[:-1])
            values.append(tensor(f"{layer_name}/{weight.name}", role, shape, fan_in, **SCALES))
        if values:
            layer.set_weights(values)
    model.save_weights(folder / f"{name}.weights.h5")
    model.save(folder / f"{name}.h5")
    model.save(folder / f"{name}.keras")


def write_torch(name: str, folder: Path) -> None:
    import torch
    import torchvision

    options = {"init_weights": False} if name in ("inception_v3", "vgg16") else {}
    state = getattr(torchvision.models, name)(weights=None, **options).state_dict()
    for key, value in state.items():
        shape = tuple(value.shape)
        if key.endswith("num_batches_tracked"):
            continue
        if key.endswith("running_var"):
            role = "variance"
        elif key.endswith((".bias", "running_mean")):
            role = "offset"
        else:
            role = "gamma" if len(shape) == 1 else "kernel"
        state[key] = torch.from_numpy(tensor(key, role, shape, math.prod(shape[1:]), **SCALES))
    torch.save(state, folder / f"{name}.pth")
    torch.save(state, folder / f"{name}-legacy.pth", _use_new_zipfile_serialization=False)
    header, offset = {}, 0
    for key, value in state.items():
        size = value.numel() * value.element_size()
        dtype = {"torch.float32": "F32", "torch.int64": "I64"}[str(value.dtype)]
        header[key] = {"dtype": dtype, "shape": list(value.shape), "data_offsets": [offset, offset + size]}
        offset += size
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    with open(folder / f"{name}.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        for value in state.values():
            file.write(value.numpy().tobytes())


package, network, target = sys.argv[1:]
(write_keras if package == "keras" else write_torch)(network, Path(target))
