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
    # What a picture is multiplied by first, where the publisher's network divides it by the same.
    scale: float = 1
    # Where that is not the convention's own.
    package: str = ""


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


def lite(number: int) -> Network:
    """Of the PyTorch package, whose padding is fixed for a size."""
    layers = {**same("_bn0"), "_blocks.2._add": "_blocks.2", **same("_blocks.7._bn1", "_avg_pooling", "_fc")}
    name = f"efficientnet-lite{number}"
    options = {"image_size": 75}
    return Network(name, "torch", name, 75, layers, gain=0.8, options=options, package="efficientnet-lite-pytorch")


def timm_lite(number: int, inner: dict[str, str]) -> Network:
    """timm's normalizations hold their activations."""
    layers = {"_bn0_relu6": "bn1", **inner, "_avg_pooling": "global_pool", "_fc": "classifier"}
    return Network(f"efficientnet-lite{number}", "timm", f"tf_efficientnet_lite{number}", 75, layers, gain=0.8)


def efficientnet(number: int) -> list[Network]:
    torch = {
        "features.0.1": "features.0.1",
        "features.1.0.block.1.multiply": "features.1.0.block.1",
        "features.4.1.add": "features.4.1",
        "avgpool": "avgpool",
        "classifier.1": "classifier.1",
    }
    keras = same("stem_bn", "block1a_se_excite", "block4b_add", "avg_pool", "predictions")
    id = f"efficientnet-b{number}"
    return [
        Network(id, "torch", f"efficientnet_b{number}", 75, torch),
        Network(f"{id}-keras", "keras", f"EfficientNetB{number}", 75, keras, options=TOP, scale=255),
    ]


def mobilenet_v1(alpha: float) -> Network:
    layers = same("conv1_bn", "conv_pw_3_relu", "conv_dw_6_bn", "global_average_pooling2d", "reshape_2")
    return Network(f"mobilenet_v1_{alpha}", "keras", "MobileNet", 75, layers, options={**TOP, "alpha": alpha})


def mobilenet_v2(alpha: float) -> Network:
    layers = same("bn_Conv1", "block_2_add", "block_13_depthwise_BN", "global_average_pooling2d", "predictions")
    options = {**TOP, "alpha": alpha}
    return Network(f"mobilenet_v2_{alpha}", "keras", "MobileNetV2", 75, layers, gain=0.8, options=options)


def mobilenet_v3(size: str, squeezed: int, added: int) -> list[Network]:
    """`squeezed` and `added` are blocks, from 0, that squeeze and that sum."""
    module = f"features.{squeezed + 1}.block.{1 if squeezed == 0 else 2}"
    torch = {
        "features.0.1": "features.0.1",
        f"{module}.multiply": module,
        f"features.{added + 1}.add": f"features.{added + 1}",
        "avgpool": "avgpool",
        "classifier.3": "classifier.3",
    }
    block = "expanded_conv" if squeezed == 0 else f"expanded_conv_{squeezed}"
    inner = ("conv_bn", f"{block}_squeeze_excite_mul", f"expanded_conv_{added}_add")
    keras = same(*inner, "global_average_pooling2d", "flatten")
    options = {**TOP, "include_preprocessing": False}
    id = f"mobilenet_v3_{size}"
    return [
        Network(id, "torch", id, 75, torch, gain=0.9),
        Network(f"{id}-keras", "keras", f"MobileNetV3{size.capitalize()}", 75, keras, gain=0.9, options=options),
    ]


MOBILE = [
    *(lite(number) for number in (1, 2, 3, 4)),
    timm_lite(0, {"_blocks.2._add": "blocks.1.1", "_blocks.5._bn1_relu6": "blocks.3.0.bn2"}),
    timm_lite(4, {"_blocks.2._add": "blocks.1.1", "_blocks.9._bn1_relu6": "blocks.3.0.bn2"}),
    *(network for number in (0, 1, 2, 3) for network in efficientnet(number)),
    *(mobilenet_v1(alpha) for alpha in (0.25, 0.5, 0.75, 1.0)),
    *(mobilenet_v2(alpha) for alpha in (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)),
    Network(
        "mobilenet_v2_1.0-torchvision",
        "torch",
        "mobilenet_v2",
        75,
        {
            **same("features.0.1", "features.14.conv.1.1"),
            "features.3.add": "features.3",
            "avgpool": "classifier:input",
            "classifier.1": "classifier.1",
        },
        gain=0.8,
    ),
    *mobilenet_v3("small", 0, 4),
    *mobilenet_v3("large", 3, 14),
]

LATER = [
    Network(
        "xception",
        "keras",
        "Xception",
        75,
        same("block1_conv2_bn", "block3_sepconv1_bn", "add_5", "avg_pool", "predictions"),
        gain=0.5,
        options=TOP,
    ),
    Network(
        "convnext_tiny",
        "torch",
        "convnext_tiny",
        67,
        {**same("features.0.1", "features.4.0", "avgpool"), "features.3.2.add": "features.3.2", "classifier.2": "classifier.2"},
        variance=1,
    ),
    Network(
        "convnext_tiny",
        "keras",
        "ConvNeXtTiny",
        67,
        {
            "features.0.1": "convnext_tiny_stem",
            "features.1.0.block.4": "convnext_tiny_stage_0_block_0_gelu",
            "features.5.0.layer_scale": "convnext_tiny_stage_2_block_0_layer_scale",
            "avgpool": "convnext_tiny_head_gap",
            "classifier.2": "convnext_tiny_head_dense",
        },
        variance=1,
        options={**TOP, "include_preprocessing": False},
    ),
]

NETWORKS = [*VGG, *RESIDUAL, *OTHERS, *MOBILE, *LATER]
