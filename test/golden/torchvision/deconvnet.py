"""The deconvnet in PyTorch, written from the paper: a network's backward pass with other rules at some modules.

Convolutions, pools, batch norms, sums and moves of data go down as in the backward pass: they are linear, and a max pool's
gradient goes to its switch. The rest follows Zeiler & Fergus (2013), section 2.1, and what the paper does not know the same way:

* an activation function rectifies the signal, whatever its own slope; the activation's sign does not matter,
* an activation function that squashes passes the signal on,
* contrast normalisation passes the signal on,
* a squeeze-excite gate and the statistics of a layer norm stay what they were on the way up; nothing goes down to them.
"""

import contextlib

import torch
from torch import nn
from torchvision.models.googlenet import BasicConv2d
from torchvision.models.inception import BasicConv2d as InceptionConv2d
from torchvision.models.segmentation.lraspp import LRASPPHead
from torchvision.ops.misc import SqueezeExcitation

RECTIFYING = (nn.ReLU, nn.ReLU6, nn.Hardswish, nn.SiLU, nn.GELU)
SQUASHING = (nn.Sigmoid, nn.Hardsigmoid)


class RectifySignal(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, activation):
        return activation(x)

    @staticmethod
    def backward(ctx, signal):
        return signal.clamp(min=0), None


class Rectified(nn.Module):
    """An activation that rectifies the signal on the way down."""

    def __init__(self, activation):
        super().__init__()
        activation.inplace = False
        # Not a child: the module stands for its activation.
        self.activation = [activation]

    def forward(self, x):
        return RectifySignal.apply(x, self.activation[0])


class PassSignal(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, norm):
        return norm(x)

    @staticmethod
    def backward(ctx, signal):
        return signal, None


class Passed(nn.Module):
    """A module whose signal goes down unchanged: contrast normalisation, an activation that squashes."""

    def __init__(self, norm):
        super().__init__()
        self.norm = [norm]

    def forward(self, x):
        return PassSignal.apply(x, self.norm[0])


class Squashed(Passed):
    pass


def gate(self, x):
    return self._scale(x).detach() * x


def basic_convolution(self, x):
    return self.rectified(self.bn(self.conv(x)))


def layer_norm(x, shape, weight=None, bias=None, eps=1e-5):
    axes = tuple(range(-len(shape), 0))
    mean = x.mean(axes, keepdim=True).detach()
    deviation = (x.var(axes, unbiased=False, keepdim=True) + eps).sqrt().detach()
    return (x - mean) / deviation * weight + bias


@contextlib.contextmanager
def as_deconvnet(net):
    """Changes the net for good, and within this the functions that modules call, so that gradients are projections."""
    for parent in list(net.modules()):
        if isinstance(parent, SqueezeExcitation):
            parent.forward = gate.__get__(parent)
        if isinstance(parent, LRASPPHead):
            parent.scale.register_forward_hook(lambda _module, _inputs, scale: scale.detach())
        if isinstance(parent, (BasicConv2d, InceptionConv2d)):
            parent.rectified = Rectified(nn.ReLU())
            parent.forward = basic_convolution.__get__(parent)
        for name, child in list(parent.named_children()):
            if isinstance(child, RECTIFYING):
                setattr(parent, name, Rectified(child))
            elif isinstance(child, SQUASHING):
                setattr(parent, name, Squashed(child))
            elif isinstance(child, nn.LocalResponseNorm):
                setattr(parent, name, Passed(child))
    functions = nn.functional.layer_norm, nn.functional.relu
    nn.functional.layer_norm = layer_norm
    nn.functional.relu = lambda x, inplace=False: RectifySignal.apply(x, torch.relu)
    try:
        yield net
    finally:
        nn.functional.layer_norm, nn.functional.relu = functions
