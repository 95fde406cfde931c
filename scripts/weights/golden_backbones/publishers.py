"""Runs a network of torchvision, timm or Keras with weights by formula, and returns the values of some of its layers."""

import math

import numpy

from .formula import tensor


def run_torch(model, layers: dict[str, str], scales: dict[str, float], pictures: list[numpy.ndarray]) -> list[dict]:
    """`layers`: our names, and the module (a path such as `layer1.0`) whose output is that layer's value; or
    whose input, with `:input` after the path, where the value is a function's and not a module's."""
    import torch

    fill_torch(model, scales)
    model.eval()
    values: dict = {}
    for name, path in layers.items():
        module = model.get_submodule(path.removesuffix(":input"))
        takes_input = path.endswith(":input")

        # Copied, as a rectifier that follows may work in place.
        def keep(_module, inputs, output, name=name, takes_input=takes_input):
            values[name] = (inputs[0] if takes_input else output).clone()

        module.register_forward_hook(keep)
    results = []
    with torch.no_grad():
        for picture in pictures:
            model(torch.from_numpy(picture).permute(2, 0, 1)[None])
            results.append({name: _torch_layout(value[0]) for name, value in values.items()})
    return results


def fill_torch(model, scales: dict[str, float]) -> None:
    """Gives a torch model its weights by formula."""
    import torch

    state = model.state_dict()
    for name, value in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        shape = tuple(value.shape)
        filled = tensor(name, _torch_role(name, shape), shape, math.prod(shape[1:]), **scales)
        state[name] = torch.from_numpy(filled)
    model.load_state_dict(state)


def _torch_role(name: str, shape: tuple[int, ...]) -> str:
    if name.endswith("running_var"):
        return "variance"
    if name.endswith((".bias", "running_mean")):
        return "offset"
    return "gamma" if len(shape) == 1 or name.endswith("layer_scale") else "kernel"


def _torch_layout(value) -> numpy.ndarray:
    return (value.permute(1, 2, 0) if value.ndim == 3 else value).contiguous().numpy()


def run_keras(model, layers: dict[str, str], scales: dict[str, float], pictures: list[numpy.ndarray]) -> list[dict]:
    """`layers`: our names, and the name of the layer whose output is that layer's value.

    A layer that Keras numbers by its order (`conv2d_12`) counts from 0 here.
    """
    import keras

    roles = {"gamma": "gamma", "moving_variance": "variance"}
    # Layers within layers too, but not those that hold others; a normalization of pixels stays as it is, which changes nothing.
    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, (keras.Sequential, keras.layers.Normalization)):
            continue
        values = []
        for weight in layer.weights:
            shape = tuple(weight.shape)
            kernel = weight.name.endswith("kernel")
            scale = type(layer).__name__ == "LayerScale"
            role = "kernel" if kernel else "gamma" if scale else roles.get(weight.name, "offset")
            depthwise = weight.name == "depthwise_kernel" or type(layer).__name__ == "DepthwiseConv2D"
            fan_in = math.prod(shape[:2] if depthwise else shape[:-1])
            # Keras counts through the network where its layers give a weight no name.
            name = "variable" if scale else weight.name
            values.append(tensor(f"{layer.name}/{name}", role, shape, fan_in, **scales))
        if values:
            layer.set_weights(values)
    probe = keras.Model(model.input, {name: model.get_layer(path).output for name, path in layers.items()})
    results = []
    for picture in pictures:
        outputs = probe.predict_on_batch(picture[None])
        results.append({name: numpy.asarray(value[0]) for name, value in outputs.items()})
    return results
