"""Fine-tuning of ResNet18's last stage and head as the field's texts write it in PyTorch: `requires_grad = False` on all below.

    python last-stage.py save WEIGHTS.pth
    python last-stage.py train DATA_FOLDER WEIGHTS.pth EPOCHS SEED

`save` writes torchvision's network with random weights. DATA_FOLDER holds train/ and val/ with a folder for each class. `train` prints one JSON
document as its last line.
"""

import json
import pathlib
import sys
import time

start = time.perf_counter()

import torch
import torchvision
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


def save(path):
    torch.manual_seed(0)
    torch.save(torchvision.models.resnet18(weights=None).state_dict(), path)


def train(folder, weights, epochs, seed):
    torch.manual_seed(seed)
    transform = transforms.Compose(
        [
            transforms.Resize(256),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    )
    training = datasets.ImageFolder(folder / "train", transform)
    validation = datasets.ImageFolder(folder / "val", transform)
    training_loader = DataLoader(training, batch_size=32, shuffle=True, num_workers=2)
    validation_loader = DataLoader(validation, batch_size=32, num_workers=2)

    network = torchvision.models.resnet18(weights=None)
    network.load_state_dict(torch.load(weights))
    for parameter in network.parameters():
        parameter.requires_grad = False
    for parameter in network.layer4.parameters():
        parameter.requires_grad = True
    network.fc = nn.Linear(network.fc.in_features, len(training.classes))
    frozen = [network.bn1, network.layer1, network.layer2, network.layer3]
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(
        [
            {"params": network.fc.parameters(), "lr": 1e-3},
            {"params": network.layer4.parameters(), "lr": 1e-4},
        ]
    )

    accuracy = 0.0
    for _ in range(epochs):
        network.train()
        # Their moving statistics are frozen too.
        for part in frozen:
            part.eval()
        for images, labels in training_loader:
            optimizer.zero_grad()
            loss = criterion(network(images), labels)
            loss.backward()
            optimizer.step()
        network.eval()
        correct = 0
        with torch.no_grad():
            for images, labels in validation_loader:
                correct += (network(images).argmax(1) == labels).sum().item()
        accuracy = correct / len(validation)
    print(
        json.dumps(
            {
                "validationAccuracy": accuracy,
                "seconds": time.perf_counter() - start,
                "package": f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads",
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1] == "save":
        save(sys.argv[2])
    else:
        train(pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
