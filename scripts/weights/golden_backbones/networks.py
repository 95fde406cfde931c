"""Every network that golden outputs are made of. To add one is to add its line to a list here.

`layers` are our names of layers, three within the network and last the feature layer, with the publisher's name of the
module or layer whose output is that value. `size` is small, as the tests run every network; `gain` is below 1 where branches are summed,
and `variance` 1 where normalizations have no scale (see formula.py).
"""

from dataclasses import dataclass, field


@dataclass
class Network:
    id: str
    convention: str  # torch, timm or keras
    model: str  # its constructor in torchvision.models, timm or keras.applications
    size: int
    layers: dict[str, str]
    gain: float = 1
    variance: float = 0.1
    options: dict = field(default_factory=dict)


def same(*names: str) -> dict[str, str]:
    """Layers whose names are the publisher's own."""
    return {name: name for name in names}


def vgg(id: str, *layers: str) -> Network:
    return Network(id, "torch", id, 40, same(*layers))


KERAS_VGG16 = {"block1_conv1_relu": "block1_conv1", **same("block2_pool"), "block4_conv3_relu": "block4_conv3", **same("block5_pool")}
KERAS_VGG19 = {"block1_conv2_relu": "block1_conv2", **same("block3_pool"), "block4_conv4_relu": "block4_conv4", **same("block5_pool")}
RESNET = {**same("bn1", "layer1.0.bn1"), "layer3.0.relu": "layer3.0", **same("avgpool", "fc")}
NO_TOP = {"include_top": False, "weights": None}
TOP = {"weights": None, "classifier_activation": None}

VGG = [
    vgg("vgg11", "features.0", "features.8", "features.18", "features.20"),
    vgg("vgg11_bn", "features.1", "features.12", "features.26", "features.28"),
    vgg("vgg13", "features.2", "features.12", "features.20", "features.24"),
    vgg("vgg13_bn", "features.1", "features.15", "features.29", "features.34"),
    Network("vgg16", "keras", "VGG16", 40, KERAS_VGG16, options=NO_TOP),
    Network("vgg16", "torch", "vgg16", 40, {"block1_conv1": "features.0", "block2_pool": "features.9", "block4_conv3": "features.21", "block5_pool": "features.30"}),
    vgg("vgg16_bn", "features.1", "features.15", "features.31", "features.43"),
    Network("vgg19", "keras", "VGG19", 40, KERAS_VGG19, options=NO_TOP),
    Network("vgg19", "torch", "vgg19", 40, {"block1_conv2": "features.2", "block3_pool": "features.18", "block4_conv4": "features.25", "block5_pool": "features.36"}),
    vgg("vgg19_bn", "features.1", "features.15", "features.34", "features.52"),
]

RESIDUAL = [
    Network("resnet18", "torch", "resnet18", 75, RESNET, gain=0.8),
    Network("resnet34", "torch", "resnet34", 64, RESNET, gain=0.8),
    Network("resnet50", "torch", "resnet50", 64, RESNET, gain=0.7),
    Network("resnet101", "torch", "resnet101", 64, RESNET, gain=0.7),
    Network(
        "resnet50-keras",
        "keras",
        "ResNet50",
        75,
        same("conv1_bn", "pool1_pool", "conv3_block1_out", "avg_pool", "predictions"),
        gain=0.7,
        options=TOP,
    ),
]

OTHERS = [
    Network(
        "inception_v3",
        "torch",
        "inception_v3",
        107,
        same("Conv2d_1a_3x3.bn", "Mixed_5b.branch_pool.bn", "Mixed_6b.branch7x7dbl_5.bn", "avgpool", "fc"),
        options={"init_weights": False},
    ),
    Network(
        "inception_v3-keras",
        "keras",
        "InceptionV3",
        107,
        same("batch_normalization", "mixed0", "mixed6", "avg_pool", "predictions"),
        variance=1,
        options=TOP,
    ),
    Network(
        "densenet121",
        "torch",
        "densenet121",
        67,
        {
            **same("features.norm0", "features.denseblock2.denselayer4.conv2", "features.transition3.pool"),
            "avgpool": "classifier:input",
            "classifier": "classifier",
        },
    ),
    Network(
        "densenet121",
        "keras",
        "DenseNet121",
        67,
        {
            "features.norm0": "conv1_bn",
            "features.denseblock2.denselayer4.conv2": "conv3_block4_2_conv",
            "features.transition3.pool": "pool4_pool",
            "avgpool": "avg_pool",
            "classifier": "predictions",
        },
        options=TOP,
    ),
    Network(
        "squeezenet1_0",
        "torch",
        "squeezenet1_0",
        61,
        same("features.0", "features.2", "features.6", "features.12", "classifier.3"),
    ),
    Network(
        "squeezenet1_1",
        "torch",
        "squeezenet1_1",
        61,
        same("features.0", "features.5", "features.9", "features.12", "classifier.3"),
    ),
]

NETWORKS = [*VGG, *RESIDUAL, *OTHERS]
