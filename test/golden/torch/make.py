"""Projections computed in PyTorch, which the tests hold the project's own against.

Run with Debian's python3 (package python3-torch, tried with 1.13): `python3 make.py`. It exports seeded networks
with PyTorch's own exporter and writes, beside this file, `<net>.onnx`, `<net>.json` and `<net>.npy` (the input, then
one projection a row).

The deconvnet (Zeiler & Fergus 2013, section 2.1) is PyTorch's backward pass with two changes: the gradient of a
rectifier is max(gradient, 0), whatever the activation was, and contrast normalisation passes the signal on. Max
pools, convolutions, batch norms and sums go down as in the backward pass.
"""

import json
import pathlib
import warnings

import numpy
import torch
from torch import nn

HERE = pathlib.Path(__file__).parent


class RectifySignal(torch.autograd.Function):
    """max(x, 0) on the way up, max(signal, 0) on the way down."""

    @staticmethod
    def forward(ctx, x):
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, signal):
        return signal.clamp(min=0)


class Normalise(torch.autograd.Function):
    """Contrast normalisation on the way up; on the way down the signal passes. One LRN node in the exported file."""

    @staticmethod
    def forward(ctx, x):
        return nn.functional.local_response_norm(x, 5, alpha=0.5, beta=0.75, k=1.0)

    @staticmethod
    def backward(ctx, signal):
        return signal

    @staticmethod
    def symbolic(g, x):
        return g.op("LRN", x, size_i=5, alpha_f=0.5, beta_f=0.75, bias_f=1.0)


class ContrastNorm(nn.Module):
    def forward(self, x):
        return Normalise.apply(x)


class AlexLike(nn.Module):
    """Grouped convolutions, contrast normalisation, overlapping pools in ceil mode, fully connected layers."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 12, 7, stride=2, padding=1),
            nn.ReLU(inplace=True),
            ContrastNorm(),
            nn.MaxPool2d(3, stride=2, ceil_mode=True),
            nn.Conv2d(12, 16, 5, padding=2, groups=2),
            nn.ReLU(inplace=True),
            ContrastNorm(),
            nn.MaxPool2d(3, stride=2, padding=1),
            nn.Conv2d(16, 16, 3, padding=1, groups=4),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2, ceil_mode=True),
        )
        self.classifier = nn.Sequential(
            nn.Dropout(), nn.Linear(16 * 2 * 2, 20), nn.ReLU(inplace=True), nn.Linear(20, 6)
        )

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResLike(nn.Module):
    """Residual blocks with batch norm."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(Block(8, 8, 1), Block(8, 8, 1))
        self.layer2 = nn.Sequential(Block(8, 14, 2))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(14, 5)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        return self.fc(torch.flatten(self.avgpool(self.layer2(self.layer1(x))), 1))


class InceptionLike(nn.Module):
    """Branches of several kernels, an average pool that ignores its padding, dilation, channel shuffle."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 5, 2), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True))
        self.one = nn.Sequential(nn.Conv2d(8, 4, 1), nn.ReLU())
        self.tall = nn.Sequential(nn.Conv2d(8, 4, 1), nn.ReLU(), nn.Conv2d(4, 6, (5, 1), padding=(2, 0)), nn.ReLU())
        self.wide = nn.Sequential(nn.Conv2d(8, 4, 1), nn.ReLU(), nn.Conv2d(4, 6, (1, 5), padding=(0, 2)), nn.ReLU())
        self.dilated = nn.Sequential(nn.Conv2d(8, 4, 3, padding=2, dilation=2), nn.ReLU())
        self.pool = nn.Sequential(nn.AvgPool2d(3, 1, 1, count_include_pad=False), nn.Conv2d(8, 4, 1), nn.ReLU())
        self.mix = nn.Sequential(nn.Conv2d(24, 12, 3, padding=1, groups=2), nn.ReLU())

    def forward(self, x):
        x = self.stem(x)
        x = torch.cat([branch(x) for branch in (self.one, self.tall, self.wide, self.dilated, self.pool)], 1)
        n, c, h, w = x.shape
        return self.mix(x.view(n, 4, c // 4, h, w).transpose(1, 2).reshape(n, c, h, w))


def seeded(net, seed):
    """He-scaled weights of zero mean, batch statistics of one pass, so that no map dies."""
    torch.manual_seed(seed)
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight)
            with torch.no_grad():
                module.weight -= module.weight.flatten(1).mean(1).view(-1, *[1] * (module.weight.dim() - 1))
            if module.bias is not None:
                nn.init.normal_(module.bias, std=0.05)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1, 0.2)
            nn.init.normal_(module.bias, 0, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.normal_(module.running_mean, 0, 0.1)
    return net.eval()


def deconvnet(net):
    """Makes the net's backward pass a deconvnet's; the rectifiers are replaced, since some work in place."""
    for parent in list(net.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.ReLU):
                rectify = nn.Module()
                rectify.forward = RectifySignal.apply
                setattr(parent, name, rectify)
    return net


def trace(net, x, names):
    """One forward pass; the outputs of the named modules, a module that runs twice giving its last."""
    outputs = {}
    handles = [
        dict(net.named_modules())[name].register_forward_hook(lambda _m, _i, out, name=name: outputs.update({name: out}))
        for name in names
    ]
    net(x)
    for handle in handles:
        handle.remove()
    return outputs


def strongest(activations):
    """The map's first maximum in row-major order."""
    place = int(activations.flatten().argmax())
    width = activations.shape[-1] if activations.dim() > 1 else 1
    return place // width, place % width


def project(net, image, layers):
    units, rows = [], []
    for label, module, maps in layers:
        for channel in maps:
            x = image.clone().requires_grad_()
            features = trace(net, x, [module])[module]
            row, column = strongest(features[0, channel])
            activation = features[0, channel, row, column] if features.dim() == 4 else features[0, channel]
            if float(activation) <= 0:
                continue
            seed = torch.zeros_like(features)
            seed[(0, channel, row, column) if features.dim() == 4 else (0, channel)] = activation.detach()
            (picture,) = torch.autograd.grad(features, x, seed)
            units.append(
                {"layer": label, "map": channel, "position": [row, column], "activation": float(activation)}
            )
            rows.append(picture[0].numpy())
    return units, rows


# Layers by their label (or a node) in the exported file, and by the module whose output holds the units. A residual
# block uses one rectifier twice; its first layer is read at the batch norm, where positive units are the same.
NETS = {
    "alex": (
        AlexLike,
        (1, 3, 43, 41),
        [
            ("features.0", "features.1", [0, 5]),
            ("features.4", "features.5", [3, 8, 15]),
            ("features.8", "features.9", [0, 2, 7, 13]),
            ("classifier.1", "classifier.2", [1, 4, 9]),
            ("classifier.3", "classifier.3", range(6)),
        ],
    ),
    "res": (
        ResLike,
        (1, 3, 37, 35),
        [
            ("conv1", "relu", [0, 3]),
            ("layer1.0.conv1", "layer1.0.bn1", [2, 5]),
            ("/layer1/layer1.0/relu_1/Relu", "layer1.0", [1, 4]),
            ("/layer1/layer1.1/relu_1/Relu", "layer1.1", [0, 7]),
            ("/layer2/layer2.0/relu_1/Relu", "layer2.0", [3, 6, 11]),
            ("fc", "fc", range(5)),
        ],
    ),
    "inception": (
        InceptionLike,
        (1, 3, 42, 39),
        [
            ("stem.0", "stem.1", [1, 6]),
            ("tall.2", "tall.3", [0, 4]),
            ("wide.2", "wide.3", [2]),
            ("dilated.0", "dilated.1", [1]),
            ("pool.1", "pool.2", [3]),
            ("mix.0", "mix.1", [0, 3, 6, 11]),
        ],
    ),
}


def main():
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    for seed, (name, (build, shape, layers)) in enumerate(NETS.items()):
        net = seeded(build(), seed)
        image = torch.randn(shape, generator=torch.Generator().manual_seed(seed + 10))
        # Training mode "preserve" keeps batch norms apart from their convolutions.
        torch.onnx.export(
            net, image, str(HERE / f"{name}.onnx"), opset_version=13, training=torch.onnx.TrainingMode.PRESERVE
        )
        units, rows = project(deconvnet(net), image, layers)
        numpy.save(HERE / f"{name}.npy", numpy.stack([image[0].numpy(), *rows]))
        (HERE / f"{name}.json").write_text(json.dumps(units, indent=1) + "\n")
        print(name, len(units), "units")


if __name__ == "__main__":
    main()
