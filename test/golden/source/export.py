"""Exports torchvision's models to ONNX, each whole and with PyTorch's own names: `python3 export.py FOLDER`.

Run with Debian's python3 (python3-torch 1.13, python3-torchvision 0.14). What the graphs say of each layer is kept beside this file:
`EXPORTS=FOLDER npx vitest run test/unit/source/torchvision.test.ts` writes `<model>.json` from `<model>.onnx`.
"""

import pathlib
import sys

import torch
from torchvision import models

NAMES = (
    "alexnet vgg16 resnet18 resnet50 squeezenet1_1 densenet121 googlenet mobilenet_v2 shufflenet_v2_x1_0 efficientnet_b0"
).split()

for name in NAMES:
    options = {"init_weights": False} if name == "googlenet" else {}
    net = getattr(models, name)(weights=None, **options).eval()
    file = pathlib.Path(sys.argv[1]) / f"{name}.onnx"
    torch.onnx.export(net, torch.zeros(1, 3, 224, 224), str(file))
