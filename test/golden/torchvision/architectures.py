"""The architectures: published topologies, every number of channels divided."""

import contextlib
import math
from functools import partial

import torch
import torchvision
from torch import nn
from torchvision import models

CLASSES = 10


@contextlib.contextmanager
def divided(by):
    """Within this, modules are built with a `by`-th of their channels; the image keeps its own."""
    inits = {kind: kind.__init__ for kind in (nn.Conv2d, nn.BatchNorm2d, nn.Linear)}

    def less(count):
        return count if count == 3 else max(1, math.ceil(count / by))

    def conv(self, inputs, outputs, *args, groups=1, **kwargs):
        narrow = less(inputs), less(outputs)
        if groups == inputs:
            fewer = narrow[0]
        else:
            fewer = math.gcd(math.gcd(*narrow), max(1, groups // by))
        inits[nn.Conv2d](self, *narrow, *args, groups=fewer, **kwargs)

    def norm(self, channels, *args, **kwargs):
        inits[nn.BatchNorm2d](self, less(channels), *args, **kwargs)

    def linear(self, in_features, out_features, *args, **kwargs):
        inits[nn.Linear](self, less(in_features), less(out_features), *args, **kwargs)

    nn.Conv2d.__init__, nn.BatchNorm2d.__init__, nn.Linear.__init__ = conv, norm, linear
    try:
        yield
    finally:
        for kind, init in inits.items():
            kind.__init__ = init


def narrow(build, by=16, **options):
    def built():
        with divided(by):
            return build(num_classes=CLASSES * by, **options)

    return built


def small_head(build, channels, side):
    """AlexNet and VGG on a small image: fewer positions before the fully connected layers."""

    def built():
        net = narrow(build)()
        net.avgpool = nn.AdaptiveAvgPool2d(side)
        net.classifier = nn.Sequential(
            *(nn.Linear(channels * side * side, part.out_features) if part is first(net.classifier) else part for part in net.classifier)
        )
        return net

    return built


def first(classifier):
    return next(part for part in classifier if isinstance(part, nn.Linear))


class Output(nn.Module):
    """One output of a network with several."""

    def __init__(self, net, key):
        super().__init__()
        self.net = net
        self.key = key

    def forward(self, x):
        return self.net(x)[self.key]


class Pyramid(nn.Module):
    """The backbone of detectors: a residual network whose levels are enlarged and added from the top down."""

    def __init__(self):
        super().__init__()
        body = narrow(models.resnet18)()
        self.body = torchvision.models._utils.IntermediateLayerGetter(body, {f"layer{i}": str(i) for i in range(1, 5)})
        self.fpn = torchvision.ops.FeaturePyramidNetwork([4, 8, 16, 32], 8)

    def forward(self, x):
        return torch.cat([level.mean((2, 3)) for level in self.fpn(self.body(x)).values()], 1)


class ContrastNormalised(nn.Sequential):
    """AlexNet's first layers with PyTorch's own contrast normalisation, which the exporter spells out."""

    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 8, 7, 2, 1),
            nn.ReLU(),
            nn.LocalResponseNorm(5, alpha=0.5, k=2.0),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            nn.Conv2d(8, 12, 5, padding=2, groups=2),
            nn.ReLU(),
            nn.LocalResponseNorm(4, alpha=0.3, beta=0.6),
            nn.MaxPool2d(3, 2),
            nn.Conv2d(12, 12, 3, padding=1),
            nn.ReLU(),
        )


def segmenter(build, **options):
    def built():
        with divided(16):
            net = build(weights=None, weights_backbone=None, num_classes=CLASSES * 16, **options)
        return Output(net, "out")

    return built


def convnext():
    dims = [(6, 8, 1), (8, 12, 1), (12, 16, 2), (16, None, 1)]
    return models.ConvNeXt([models.convnext.CNBlockConfig(*dim) for dim in dims], num_classes=CLASSES)


def transformer():
    return models.VisionTransformer(
        image_size=32, patch_size=8, num_layers=1, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=CLASSES
    )


#: By name: what builds it, height and width of its input, why it cannot be projected.
ARCHITECTURES = {
    "alexnet": (small_head(models.alexnet, 16, 2), (95, 95), None),
    "vgg11": (small_head(models.vgg11, 32, 2), (64, 66), None),
    "vgg16_bn": (small_head(models.vgg16_bn, 32, 2), (64, 64), None),
    "resnet18": (narrow(models.resnet18), (40, 36), None),
    "resnet50": (narrow(models.resnet50), (48, 48), None),
    "resnext50_32x4d": (narrow(models.resnext50_32x4d, 8), (48, 48), None),
    "wide_resnet50_2": (narrow(models.wide_resnet50_2, 32), (48, 48), None),
    "squeezenet1_0": (narrow(models.squeezenet1_0, 8), (64, 64), None),
    "squeezenet1_1": (narrow(models.squeezenet1_1, 8), (48, 40), None),
    "densenet121": (narrow(models.densenet121, 8), (48, 48), None),
    "googlenet": (narrow(models.googlenet, aux_logits=False, init_weights=False), (48, 48), None),
    "inception_v3": (narrow(models.inception_v3, aux_logits=False, init_weights=False), (79, 79), None),
    "mobilenet_v2": (narrow(models.mobilenet_v2, 8), (48, 48), None),
    "mobilenet_v3_small": (narrow(models.mobilenet_v3_small, 12), (32, 32), None),
    "mobilenet_v3_large": (narrow(models.mobilenet_v3_large, 8), (64, 64), None),
    "shufflenet_v2_x0_5": (narrow(models.shufflenet_v2_x0_5, 8), (32, 32), None),
    "mnasnet1_0": (narrow(models.mnasnet1_0, 8), (48, 48), None),
    "efficientnet_b0": (narrow(models.efficientnet_b0, 8), (32, 32), None),
    "efficientnet_v2_s": (narrow(models.efficientnet_v2_s), (64, 64), None),
    "regnet_x_400mf": (narrow(models.regnet_x_400mf, 8), (48, 48), None),
    "regnet_y_400mf": (narrow(models.regnet_y_400mf, 8), (48, 48), None),
    "convnext": (convnext, (32, 32), None),
    "fpn_resnet18": (Pyramid, (48, 48), None),
    "deeplabv3_mobilenet": (segmenter(models.segmentation.deeplabv3_mobilenet_v3_large), (64, 64), None),
    "lraspp_mobilenet": (segmenter(models.segmentation.lraspp_mobilenet_v3_large), (64, 64), None),
    "contrast_normalisation": (ContrastNormalised, (39, 37), None),
    "vision_transformer": (transformer, (32, 32), "attention"),
}
