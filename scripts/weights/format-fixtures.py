"""Writes tests/fixtures/weights/: one tiny network's weights, by formula, in every format that people have, and files to refuse.

Keras and PyTorch write their own formats; safetensors and TensorFlow.js's files, which need no program, are written here.

    python scripts/weights/format-fixtures.py

Needs Python with: pip install torch tensorflow-cpu keras h5py numpy
"""

import collections
import json
import math
import os
import struct
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import h5py
import keras
import numpy
import torch
from golden_backbones.formula import tensor
from keras import layers
from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

FOLDER = Path(__file__).parents[2] / "tests" / "fixtures" / "weights"
SCALES = {"gain": 1, "variance": 1}
CLASSES = 5


def keras_model(classes: int = CLASSES, dtype: str = "float32") -> keras.Model:
    keras.backend.clear_session()
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, 2, padding="same", use_bias=False, name="conv1", dtype=dtype)(image)
    x = layers.BatchNormalization(name="bn1", dtype=dtype)(x)
    x = layers.DepthwiseConv2D(3, 2, padding="same", use_bias=False, name="dw", dtype=dtype)(x)
    x = layers.Conv2D(6, 1, name="conv2", dtype=dtype)(x)
    x = layers.Dense(classes, name="fc", dtype=dtype)(layers.Flatten()(x))
    model = keras.Model(image, x, name="tiny")
    roles = {"gamma": "gamma", "moving_variance": "variance", "kernel": "kernel"}
    for layer in model.layers:
        values = []
        for weight in layer.weights:
            shape = tuple(weight.shape)
            fan_in = math.prod(shape[:2] if layer.name == "dw" else shape[:-1])
            values.append(tensor(f"{layer.name}/{weight.name}", roles.get(weight.name, "offset"), shape, fan_in, **SCALES))
        if values:
            layer.set_weights(values)
    return model


def torch_state(classes: int = CLASSES) -> dict:
    model = torch.nn.Module()
    model.conv1 = torch.nn.Conv2d(3, 4, 3, 2, bias=False)
    model.bn1 = torch.nn.BatchNorm2d(4)
    model.dw = torch.nn.Conv2d(4, 4, 3, 2, groups=4, bias=False)
    model.conv2 = torch.nn.Conv2d(4, 6, 1)
    model.fc = torch.nn.Linear(24, classes)
    state = model.state_dict()
    for name, value in state.items():
        shape = tuple(value.shape)
        if name.endswith("num_batches_tracked"):
            continue
        if name.endswith("running_var"):
            role = "variance"
        elif name.endswith((".bias", "running_mean")):
            role = "offset"
        else:
            role = "gamma" if len(shape) == 1 else "kernel"
        state[name] = torch.from_numpy(tensor(name, role, shape, math.prod(shape[1:]), **SCALES))
    return state


def write_keras() -> None:
    model = keras_model()
    model.save(FOLDER / "tiny.keras")
    model.save(FOLDER / "tiny-whole.h5")
    model.save_weights(FOLDER / "tiny.weights.h5")
    with h5py.File(FOLDER / "tiny-classic.h5", "w") as file:
        save_weights_to_hdf5_group(file, model)
    with h5py.File(FOLDER / "tiny-latest.h5", "w", libver="latest") as file:
        save_weights_to_hdf5_group(file, model)
    write_keras_2(model)
    keras_model(classes=3).save_weights(FOLDER / "tiny-three-classes.weights.h5")
    keras_model(dtype="float16").save_weights(FOLDER / "tiny-float16.weights.h5")
    keras_model(dtype="bfloat16").save_weights(FOLDER / "tiny-bfloat16.weights.h5")
    image = keras.Input((8, 8, 3))
    body = keras_model()
    inner = keras.Model(body.input, body.get_layer("conv2").output, name="inner")
    outer = keras.Model(image, layers.Dense(2, name="own_head")(layers.GlobalAveragePooling2D()(inner(image))))
    outer.compile("adam", "mse")
    outer.fit(numpy.zeros((1, 8, 8, 3)), numpy.zeros((1, 2)), verbose=0)
    # The step of training changed the weights: they are set again.
    for layer, source in zip(inner.layers, keras_model().layers):
        layer.set_weights(source.get_weights())
    outer.save(FOLDER / "tiny-nested.keras")
    outer.save(FOLDER / "tiny-nested.h5")
    x = layers.Lambda(lambda value: value * 2, name="twice")(model.output)
    keras.Model(model.input, x).save(FOLDER / "tiny-lambda.keras")
    keras.Model(model.input, x).save(FOLDER / "tiny-lambda.h5")


def write_keras_2(model: keras.Model) -> None:
    """Names as Keras 2 gave them, compressed as some people store them."""
    with h5py.File(FOLDER / "tiny-keras-2.h5", "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        for layer in model.layers:
            group = file.create_group(layer.name)
            names = []
            for weight in layer.weights:
                name = "depthwise_kernel" if layer.name == "dw" else weight.name
                names.append(f"{layer.name}_1/{name}:0".encode())
                group.create_dataset(f"{layer.name}_1/{name}:0", data=weight.numpy(), compression="gzip", shuffle=True)
            group.attrs["weight_names"] = names


def write_hdf5_to_refuse() -> None:
    with h5py.File(FOLDER / "refused-external-link.h5", "w") as file:
        file["conv1"] = h5py.ExternalLink("/etc/passwd", "/conv1")
    with h5py.File(FOLDER / "refused-virtual.h5", "w") as file:
        layout = h5py.VirtualLayout(shape=(3, 3, 3, 4), dtype="f4")
        layout[...] = h5py.VirtualSource("/etc/other.h5", "kernel", shape=(3, 3, 3, 4))
        file.create_group("conv1").create_virtual_dataset("kernel", layout)
    with h5py.File(FOLDER / "refused-external-array.h5", "w") as file:
        # As raw bytes of another file.
        file.create_dataset("conv1/kernel", (3, 3, 3, 4), "f4", external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])
    with h5py.File(FOLDER / "refused-giant.h5", "w") as file:
        file.create_dataset("conv1/kernel", (1 << 20, 1 << 20, 3, 4), "f4", chunks=(1, 1, 3, 4))


class Command:
    def __reduce__(self):
        return (os.system, ("echo THAW_WAS_HERE",))


def write_torch() -> None:
    state = torch_state()
    torch.save(state, FOLDER / "tiny.pth")
    torch.save(state, FOLDER / "tiny-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({name: value.half() for name, value in state.items()}, FOLDER / "tiny-half.pth")
    torch.save({name: value.double() for name, value in state.items()}, FOLDER / "tiny-double.pth")
    torch.save({name: value.bfloat16() for name, value in state.items()}, FOLDER / "tiny-bfloat16.pth")
    last = {name: value.to(memory_format=torch.channels_last) if value.ndim == 4 else value for name, value in state.items()}
    torch.save(last, FOLDER / "tiny-channels-last.pth")
    wrapped = collections.OrderedDict((f"module.{name}", torch.nn.Parameter(value) if value.is_floating_point() else value) for name, value in state.items())
    checkpoint = {"epoch": 3, "arch": "tiny", "best": 0.5, "state_dict": wrapped, "optimizer": {"state": {}, "param_groups": [{"lr": 0.1, "params": [0]}]}}
    torch.save(checkpoint, FOLDER / "tiny-checkpoint.pth")
    torch.save(torch_state(3), FOLDER / "tiny-three-classes.pth")
    torch.save({**state, "bn1.weight": torch.full((4,), float("nan"))}, FOLDER / "refused-nan.pth")
    torch.save({**state, "conv1.weight": Command()}, FOLDER / "refused-command.pth", pickle_protocol=2)
    torch.save({**state, "conv1.weight": Command()}, FOLDER / "refused-command-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(2, 2), FOLDER / "refused-module.pth")


def safetensors(tensors: dict[str, tuple[str, tuple[int, ...], bytes]]) -> bytes:
    header, offset = {}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    return struct.pack("<Q", len(head)) + head + b"".join(data for _, _, data in tensors.values())


def write_safetensors() -> None:
    state = {name: value for name, value in torch_state().items() if value.is_floating_point()}
    for suffix, dtype, cast in [("", "F32", torch.float32), ("-half", "F16", torch.float16), ("-bfloat16", "BF16", torch.bfloat16)]:
        tensors = {
            name: (dtype, tuple(value.shape), value.to(cast).contiguous().view(torch.uint8).numpy().tobytes())
            for name, value in state.items()
        }
        (FOLDER / f"tiny{suffix}.safetensors").write_bytes(safetensors(tensors))


def quantize(value: numpy.ndarray, kind: str) -> tuple[bytes, dict]:
    """As TensorFlow.js's converter does. @see tensorflowjs/quantization.py"""
    if kind == "float16":
        return value.astype("<f2").tobytes(), {"dtype": "float16", "original_dtype": "float32"}
    levels = {"uint8": 255, "uint16": 65535}[kind]
    low, high = float(value.min()), float(value.max())
    scale = (high - low) / levels or 1.0
    codes = numpy.round((value.astype("f8") - low) / scale).astype({"uint8": "u1", "uint16": "<u2"}[kind])
    return codes.tobytes(), {"dtype": kind, "min": low, "scale": scale, "original_dtype": "float32"}


def write_tfjs() -> None:
    model = keras_model()
    for kind in [None, "uint8", "uint16", "float16"]:
        folder = FOLDER / (f"tiny-tfjs-{kind}" if kind else "tiny-tfjs")
        folder.mkdir(exist_ok=True)
        weights, data = [], b""
        for layer in model.layers:
            for weight in layer.weights:
                value = weight.numpy()
                name = "depthwise_kernel" if layer.name == "dw" else weight.name
                entry = {"name": f"{layer.name}/{name}", "shape": list(value.shape), "dtype": "float32"}
                if kind is None:
                    data += value.astype("<f4").tobytes()
                else:
                    packed, entry["quantization"] = quantize(value, kind)
                    data += packed
                weights.append(entry)
        # Two shards, cut in the middle of a tensor.
        cut = len(data) // 2 + 1
        paths = ["group1-shard1of2.bin", "group1-shard2of2.bin"]
        for path, part in zip(paths, [data[:cut], data[cut:]]):
            (folder / path).write_bytes(part)
        document = {
            "format": "layers-model",
            "modelTopology": {"model_config": {"class_name": "Functional", "config": {"name": "tiny", "layers": []}}},
            "weightsManifest": [{"paths": paths, "weights": weights}],
        }
        (folder / "model.json").write_text(json.dumps(document))


def deflate(name: str, target: str) -> None:
    """The same archive, compressed."""
    with zipfile.ZipFile(FOLDER / name) as source, zipfile.ZipFile(FOLDER / target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.namelist():
            archive.writestr(entry, source.read(entry))


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_keras()
    write_hdf5_to_refuse()
    write_torch()
    write_safetensors()
    write_tfjs()
    deflate("tiny.pth", "tiny-deflated.pth")
    deflate("tiny.keras", "tiny-deflated.keras")
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files)} bytes")


if __name__ == "__main__":
    main()
