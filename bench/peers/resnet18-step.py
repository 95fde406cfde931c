"""Steps of full fine-tuning of ResNet18 (torchvision's graph) with Adam, timed on request. One process for each package.

    python resnet18-step.py torch|keras

Reads lines of JSON: {"size": pixels, "batch": images, "classes": count} sets the network up and makes two steps; {"steps": count} makes steps.
Answers each with a line: {"package": ...}, or {"seconds": of the steps, "loss": of the last, "peakBytes": of resident memory}.
"""

import json
import os
import resource
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy

RATE = 1e-4


def torch_step(size: int, batch: int, classes: int):
    import torch
    import torchvision

    torch.set_num_threads(2)
    network = torchvision.models.resnet18(weights=None, num_classes=classes).train()
    criterion = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    random = numpy.random.default_rng(0)
    images = random.standard_normal((batch, 3, size, size), numpy.float32)
    labels = torch.from_numpy(random.integers(0, classes, batch))

    def step() -> float:
        optimizer.zero_grad()
        loss = criterion(network(torch.from_numpy(images)), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return f"torch {torch.__version__}", step


def keras_step(size: int, batch: int, classes: int):
    import keras
    from keras import layers

    def convolve(x, filters, kernel, stride=1):
        if kernel > 1:
            x = layers.ZeroPadding2D(kernel // 2)(x)
        x = layers.Conv2D(filters, kernel, strides=stride, use_bias=False)(x)
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)

    def block(x, filters, stride):
        shortcut = x
        if stride != 1 or x.shape[-1] != filters:
            shortcut = convolve(x, filters, 1, stride)
        x = layers.ReLU()(convolve(x, filters, 3, stride))
        return layers.ReLU()(layers.add([convolve(x, filters, 3), shortcut]))

    inputs = keras.Input((size, size, 3))
    x = layers.ReLU()(convolve(inputs, 64, 7, 2))
    x = layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(1)(x))
    for stage in range(4):
        for index in range(2):
            x = block(x, 64 * 2**stage, 2 if stage > 0 and index == 0 else 1)
    logits = layers.Dense(classes)(layers.GlobalAveragePooling2D()(x))
    network = keras.Model(inputs, logits)
    network.compile(
        optimizer=keras.optimizers.Adam(RATE),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    random = numpy.random.default_rng(0)
    images = random.standard_normal((batch, size, size, 3), numpy.float32)
    labels = random.integers(0, classes, batch)
    return f"keras {keras.__version__}", lambda: float(network.train_on_batch(images, labels))


def main() -> None:
    create = {"torch": torch_step, "keras": keras_step}[sys.argv[1]]
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        if "size" in request:
            package, step = create(request["size"], request["batch"], request["classes"])
            step()
            step()
            answer = {"package": package}
        else:
            start = time.perf_counter()
            for _ in range(request["steps"]):
                loss = step()
            seconds = time.perf_counter() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            answer = {"seconds": seconds, "loss": loss, "peakBytes": peak}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
