"""torchvision's architectures under PyTorch's own exporter, with projections computed in PyTorch.

Run with Debian's python3 (python3-torch 1.13, python3-torchvision 0.14): `python3 make.py FOLDER [NAME ...]`, or `python3
make.py FOLDER --missing` for what is not there yet. For each architecture it writes `<name>.json` (its units), `<name>.npy`
(the input, then one projection a row, computed in float64) and two exports: `<name>.onnx` as the exporter likes it, batch norms
folded into the convolutions, and `<name>-kept.onnx` with every node kept and an older operator set. The topology is the
published one; every number of channels is divided.

What happens on the way down is in `deconvnet.py`.
"""

import json
import pathlib
import sys
import warnings

import numpy
import torch
from torch import nn

from architectures import ARCHITECTURES
from deconvnet import Rectified, Squashed, as_deconvnet

UNITS = 4


def seed(net, image):
    """He-scaled weights of zero mean and the batch statistics of noise, so that no map dies."""
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight)
            if module.weight[0].numel() > 1:
                with torch.no_grad():
                    module.weight -= module.weight.flatten(1).mean(1).view(-1, *[1] * (module.weight.dim() - 1))
            if module.bias is not None:
                nn.init.normal_(module.bias, std=0.05)
        if isinstance(module, (nn.BatchNorm2d, nn.LayerNorm)):
            nn.init.normal_(module.weight, 1, 0.2)
            nn.init.normal_(module.bias, 0, 0.1)
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None
    for name, parameter in net.named_parameters():
        if name.endswith("layer_scale"):
            nn.init.normal_(parameter, 1, 0.2)
    net.train()
    with torch.no_grad():
        net(torch.randn((64, *image.shape[1:])))
    return net.eval()


def follow(net, image):
    """Every convolution and fully connected module with the tensor of its layer: behind batch norm and activation."""
    made, readers = {}, {}

    def seen(name, module, inputs, output):
        for tensor in inputs:
            if tensor._version == 0:
                readers.setdefault(id(tensor), []).append((module, output))
        # What others change in place, such as a sum, is a copy.
        made[name] = output, output.clone()
        readers.setdefault(id(output), []).append((None, made[name][1]))
        return made[name][1]

    handles = [
        module.register_forward_hook(lambda module, inputs, output, name=name: seen(name, module, inputs, output))
        for name, module in net.named_modules()
        if not list(module.children())
    ]
    net(image)
    for handle in handles:
        handle.remove()

    def after(output):
        copy = readers[id(output)][0][1]
        found = readers.get(id(copy), [])
        return found[0] if len(found) == 1 else (None, None)

    layers = {}
    for name, module in net.named_modules():
        if not isinstance(module, (nn.Conv2d, nn.Linear)) or name not in made:
            continue
        tensor = made[name][0]
        follower, output = after(tensor)
        while isinstance(follower, nn.BatchNorm2d):
            tensor = output
            follower, output = after(tensor)
        layer = output if isinstance(follower, (Rectified, Squashed)) else tensor
        # Fully connected layers of ConvNeXt have their maps last.
        layers[name] = layer.permute(0, 3, 1, 2) if isinstance(module, nn.Linear) and layer.dim() == 4 else layer
    return layers


def strongest(maps):
    """The first maximum in row-major order."""
    place = int(maps.flatten().argmax())
    width = maps.shape[-1] if maps.dim() > 1 else 1
    return place // width, place % width


def units_of(net, image, count):
    """Units of layers spread evenly from the first to the last; the first alone where it is one."""
    names = list(follow(net, image))
    chosen = sorted({round(i * (len(names) - 1) / max(1, count - 1)) for i in range(count)})
    units, rows = [], []
    for number in chosen:
        x = image.clone().requires_grad_()
        features = follow(net, x)[names[number]]
        channels = features.shape[1]
        for channel in [(7 * number + k) % channels for k in range(channels)]:
            place = (*strongest(features[0, channel]),) if features.dim() == 4 else (0, 0)
            index = (0, channel, *place) if features.dim() == 4 else (0, channel)
            if float(features[index]) > 0:
                break
        else:
            raise SystemExit(f"{names[number]} has no active map")
        start = torch.zeros_like(features)
        start[index] = features[index].detach()
        (picture,) = torch.autograd.grad(features, x, start)
        if not picture.abs().max() > 0:
            raise SystemExit(f"nothing of {names[number]}, map {channel}, arrives at the pixels")
        units.append(
            {"layer": names[number], "map": channel, "position": list(place), "activation": float(features[index])}
        )
        rows.append(picture[0].numpy())
    return units, rows


def make(folder, name):
    build, size, refused = ARCHITECTURES[name]
    torch.manual_seed(sum(map(ord, name)))
    image = torch.randn((1, 3, *size))
    net = seed(build(), image)
    for suffix, options in (
        ("", {"opset_version": 17}),
        ("-kept", {"opset_version": 11, "training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}),
    ):
        torch.onnx.export(net, image, str(folder / f"{name}{suffix}.onnx"), **options)
    with as_deconvnet(net.double()):
        # Of a network that is refused, the first layer can be projected.
        units, rows = units_of(net, image.double(), 1 if refused else UNITS)
    numpy.save(folder / f"{name}.npy", numpy.stack([image[0].numpy(), *rows]).astype(numpy.float32))
    (folder / f"{name}.json").write_text(json.dumps({"refused": refused, "units": units}, indent=1) + "\n")
    print(name, len(units), "units", flush=True)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    names = sys.argv[2:] or list(ARCHITECTURES)
    if names == ["--missing"]:
        names = [name for name in ARCHITECTURES if not (folder / f"{name}.json").exists()]
    for name in names:
        make(folder, name)


if __name__ == "__main__":
    main()
