"""The forward pass of a published network, timed on request. One process for each package.

    python forward-pass.py torch|keras

Reads lines of JSON: {"model": constructor, "size": pixels, "batch": images} sets the network up; {"batches": count} runs it. Answers each
with a line: {"ready": true, "package": ...}, or {"seconds": of the batches}.
"""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy


def torch_network(model: str, size: int):
    import torch
    import torchvision

    # With the part to run after the name, where that is not the whole.
    name, _, part = model.partition(" ")
    options = {"init_weights": False} if name == "inception_v3" else {}
    network = getattr(torchvision.models, name)(weights=None, **options).eval().get_submodule(part)

    def forward(images: numpy.ndarray) -> numpy.ndarray:
        with torch.inference_mode():
            return network(torch.from_numpy(images)).numpy()

    return f"torchvision {torchvision.__version__}", (3, size, size), forward


def keras_network(model: str, size: int):
    import keras

    keras.backend.clear_session()
    # With `alpha=0.5` and the like after the name.
    name, *options = model.split()
    arguments = {key: json.loads(value) for key, value in (option.split("=") for option in options)}
    constructor = getattr(keras.applications, name)
    network = constructor(weights=None, input_tensor=keras.Input((size, size, 3)), **arguments)
    return f"keras {keras.__version__}", (size, size, 3), network.predict_on_batch


def main() -> None:
    create = {"torch": torch_network, "keras": keras_network}[sys.argv[1]]
    forward = images = None
    for line in sys.stdin:
        request = json.loads(line)
        if "model" in request:
            package, shape, forward = create(request["model"], request["size"])
            images = numpy.random.default_rng(0).standard_normal((request["batch"], *shape), numpy.float32)
            forward(images)
            answer = {"ready": True, "package": package}
        else:
            start = time.perf_counter()
            for _ in range(request["batches"]):
                forward(images)
            answer = {"seconds": time.perf_counter() - start}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
