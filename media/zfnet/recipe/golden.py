"""Projections of the bundled net computed in PyTorch, which the project's tests hold its own against.

python3 golden.py --model ../zfnet.onnx --image ../../samples/cat.jpg --out ../../../test/golden/zfnet

writes zfnet.json (units), zfnet.input.npy (the network's input), zfnet.projections.npy (one row a unit) and
zfnet.activations.npy (whole tensors of the forward pass, one after the other as zfnet.json lists them). The way
down is written out from section 2.1 of Zeiler & Fergus (2013): unpool through the switches, rectify, filter with the
transposed kernels; contrast normalisation is passed by.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from data import centre_crops, centre_square
from model import LocalResponseNorm, ZFNet
from onnxfile import read_weights

WHOLE_TENSORS = ("relu2", "relu5", "relu6", "relu7", "fc8", "softmax")
TENSORS = ("relu1", "relu2", "relu3", "relu3", "relu4", "relu4", "relu5", "relu5", "relu7", "fc8")


def forward(layers, x):
    """(activation after each layer, switches of each pool) by name."""
    activations, switches = {"input": x}, {}
    for name, layer in layers.named_children():
        if isinstance(layer, nn.MaxPool2d):
            x, switches[name] = F.max_pool2d(x, layer.kernel_size, layer.stride, layer.padding, return_indices=True)
        else:
            x = layer(x)
        activations[name] = x
    return activations, switches


def project(layers, activations, switches, tensor, unit):
    """One activation of `tensor` down to the pixels; `unit` is its row-major index."""
    signal = torch.zeros(activations[tensor].shape)
    signal.view(-1)[unit] = activations[tensor].reshape(-1)[unit]
    names = ["input", *(name for name, _ in layers.named_children())]
    for at in range(names.index(tensor), 0, -1):
        layer, below = getattr(layers, names[at]), activations[names[at - 1]]
        if isinstance(layer, nn.ReLU):
            signal = signal.clamp(min=0)
        elif isinstance(layer, nn.MaxPool2d):
            signal = unpool(signal, switches[names[at]], below)
        elif isinstance(layer, nn.Conv2d):
            signal = filter_down(signal, layer, below)
        elif isinstance(layer, nn.Linear):
            signal = signal @ layer.weight
        elif isinstance(layer, nn.Flatten):
            signal = signal.view_as(below)
        elif not isinstance(layer, (nn.Dropout, LocalResponseNorm)):
            raise TypeError(f"no rule for {layer}")
    return signal[0]


def unpool(signal, places, below):
    """Each value to the place its maximum came from; values that meet are summed."""
    maps = below.shape[1]
    out = torch.zeros(maps, below[0, 0].numel())
    return out.scatter_add_(1, places.view(maps, -1), signal.view(maps, -1)).view_as(below)


def filter_down(signal, layer, below):
    """The transposed convolution without bias, cropped to the size of what the layer saw."""
    full = F.conv_transpose2d(signal, layer.weight, stride=layer.stride)
    (pad_y, pad_x), (height, width) = layer.padding, below.shape[2:]
    out = torch.zeros_like(below)
    seen = full[:, :, pad_y : pad_y + height, pad_x : pad_x + width]
    out[:, :, : seen.shape[2], : seen.shape[3]] = seen
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--image", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    arguments = parser.parse_args()
    sidecar = json.loads(arguments.model.with_suffix(".switchback.json").read_text())
    side, size = sidecar["preprocess"]["resize"], sidecar["preprocess"]["crop"][0]
    picture = centre_crops(centre_square(Image.open(arguments.image), side)[None], [0], size)
    mean = torch.tensor(sidecar["preprocess"]["mean"])[:, None, None]
    x = torch.from_numpy(picture.copy()).permute(0, 3, 1, 2).float() - mean
    model = ZFNet(len(sidecar["labels"]), size).eval()
    model.layers.load_state_dict(read_weights(arguments.model))
    with torch.no_grad():
        activations, switches = forward(model.layers, x)
        activations["softmax"] = activations["fc8"].softmax(1)
        units, rows, taken = [], [], set()
        for tensor in TENSORS:
            values = activations[tensor][0].flatten(1) if activations[tensor].dim() == 4 else activations[tensor].T
            strongest = values.max(1).values.argsort(descending=True).tolist()
            chosen = next(m for m in strongest if (tensor, m) not in taken)
            taken.add((tensor, chosen))
            place = values[chosen].argmax().item()
            projection = project(model.layers, activations, switches, tensor, chosen * values.shape[1] + place)
            width = activations[tensor].shape[-1] if activations[tensor].dim() == 4 else 1
            units.append(
                dict(
                    tensor=tensor,
                    map=chosen,
                    position=[place // width, place % width],
                    activation=values[chosen, place].item(),
                    row=len(rows),
                    absmax=projection.abs().max().item(),
                )
            )
            rows.append(projection.numpy())
    arguments.out.mkdir(parents=True, exist_ok=True)
    np.save(arguments.out / "zfnet.input.npy", x.numpy())
    np.save(arguments.out / "zfnet.projections.npy", np.stack(rows))
    whole = [activations[name].flatten().numpy() for name in WHOLE_TENSORS]
    np.save(arguments.out / "zfnet.activations.npy", np.concatenate(whole))
    described = dict(units=units, activations=[dict(tensor=name, size=len(v)) for name, v in zip(WHOLE_TENSORS, whole)])
    (arguments.out / "zfnet.json").write_text(json.dumps(described, indent=1) + "\n")


if __name__ == "__main__":
    main()
