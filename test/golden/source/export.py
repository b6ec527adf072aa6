"""Exports torchvision's models, and those of `test/fixtures/sources`, to ONNX with PyTorch's own names: `python3 export.py FOLDER`.

Run with Debian's python3 (python3-torch 1.13, python3-torchvision 0.14). What the graphs say of each layer is kept beside this file:
`EXPORTS=FOLDER npx vitest run test/unit/source` writes `<model>.json` from `<model>.onnx`.
"""

import importlib
import pathlib
import sys

import torch
from torchvision import models

NAMES = (
    "alexnet vgg16 resnet18 resnet50 squeezenet1_1 densenet121 googlenet mobilenet_v2 shufflenet_v2_x1_0 "
    "efficientnet_b0 regnet_y_400mf vit_b_16"
).split()

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "fixtures/sources"))
sys.dont_write_bytecode = True


def export(name, net, size):
    file = pathlib.Path(sys.argv[1]) / f"{name}.onnx"
    torch.onnx.export(net.eval(), torch.zeros(1, 3, size, size), str(file))


for name in NAMES:
    options = {"init_weights": False} if name == "googlenet" else {}
    export(name, getattr(models, name)(weights=None, **options), 224)

export("functional", importlib.import_module("functional").Net(), 32)

# Constants that are folded lose the names of the weights that they were made of.
file = pathlib.Path(sys.argv[1]) / "reshaped.onnx"
net = importlib.import_module("reshaped").Net().eval()
torch.onnx.export(net, torch.zeros(1, 3, 32, 32), str(file), do_constant_folding=False)
