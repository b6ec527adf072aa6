"""ONNX operators in PyTorch, in float64: what each computes, and, where it differs from the derivative, what the deconvnet does.

Every function takes a `Site` and returns the node's outputs. Linear operators go down by their derivative. `rectified`, `passed` and
`frozen` are the other rules of Zeiler & Fergus (2013), section 2.1, and of what the paper does not know.
"""

import itertools
import math
import pathlib
import sys

import torch
from torch.nn import functional

sys.path.append(str(pathlib.Path(__file__).parents[2] / "golden" / "torchvision"))
from deconvnet import PassSignal, RectifySignal  # noqa: E402

#: Two values are as good as equal to a max pool that rounds otherwise, as part of the largest value of its input.
ROUNDING = 1e-5


class Site:
    """One node with its inputs."""

    def __init__(self, node, attributes, inputs, opset, switches):
        self.node = node
        self.attributes = attributes
        self.inputs = inputs
        self.opset = opset
        #: Of a max pool, the row-major index of each maximum as Switchback saw it.
        self.switches = switches

    def __getitem__(self, index):
        return self.inputs[index]

    def get(self, name, otherwise=None):
        return self.attributes.get(name, otherwise)

    def numbers(self, name, index):
        """What older operator sets have as an attribute and newer ones as an input; None where neither is there."""
        if name in self.attributes:
            value = self.attributes[name]
            return list(value) if isinstance(value, (list, tuple)) else [value]
        if index < len(self.inputs) and self.inputs[index] is not None:
            return self.inputs[index].flatten().tolist()
        return None


def rectified(function):
    return lambda site: [RectifySignal.apply(site[0], lambda x: function(x, site))]


def passed(function):
    return lambda site: [PassSignal.apply(site[0], lambda x: function(x, site))]


def windows(site, x, kernel, padding, beyond):
    """The values under each window, `[N, C, taps, outputs]`, taps and outputs row by row; height and width of the outputs.

    `padding` is what the pads hold, `beyond` what lies behind them where the last window reaches further.
    """
    stride, dilation = site.get("strides", [1, 1]), site.get("dilations", [1, 1])
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
    size = list(x.shape[2:])
    before, after = pads_of(site, size, reach, stride)
    outputs, further = [], []
    for axis in (0, 1):
        room = size[axis] + before[axis] + after[axis] - reach[axis]
        count = room // stride[axis] + 1
        # A window that would start in the padding behind the image is left out.
        if site.get("ceil_mode", 0) and room % stride[axis] and count * stride[axis] < size[axis] + before[axis]:
            count += 1
        outputs.append(count)
        further.append(max(0, (count - 1) * stride[axis] - room))
    padded = functional.pad(x, (before[1], after[1], before[0], after[0]), value=padding)
    padded = functional.pad(padded, (0, further[1], 0, further[0]), value=beyond)
    taps = []
    for ky, kx in itertools.product(range(kernel[0]), range(kernel[1])):
        top, left = ky * dilation[0], kx * dilation[1]
        rows = slice(top, top + (outputs[0] - 1) * stride[0] + 1, stride[0])
        columns = slice(left, left + (outputs[1] - 1) * stride[1] + 1, stride[1])
        taps.append(padded[:, :, rows, columns].flatten(2))
    return torch.stack(taps, 2), outputs


def pads_of(site, size, reach, stride):
    way = site.get("auto_pad", b"NOTSET").decode()
    if way.startswith("SAME"):
        total = [max(0, (math.ceil(s / t) - 1) * t + r - s) for s, r, t in zip(size, reach, stride)]
        small, large = [t // 2 for t in total], [t - t // 2 for t in total]
        return (small, large) if way == "SAME_UPPER" else (large, small)
    pads = [0] * 4 if way == "VALID" else list(site.get("pads", [0] * 4))
    return pads[:2], pads[2:]


def conv(site):
    x, weights = site[0], site[1]
    kernel = list(weights.shape[2:])
    stride, dilation = site.get("strides", [1, 1]), site.get("dilations", [1, 1])
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
    (top, left), (bottom, right) = pads_of(site, list(x.shape[2:]), reach, stride)
    bias = site[2] if len(site.inputs) > 2 else None
    padded = functional.pad(x, (left, right, top, bottom))
    return [functional.conv2d(padded, weights, bias, stride, 0, dilation, site.get("group", 1))]


def conv_transpose(site):
    """Without a crop by torch, which has one number for both sides: all is computed, and the rest cut off."""
    x, weights = site[0], site[1]
    stride, dilation = site.get("strides", [1, 1]), site.get("dilations", [1, 1])
    whole = functional.conv_transpose2d(x, weights, None, stride, 0, 0, site.get("group", 1), dilation)
    size = site.get("output_shape")
    if size is None:
        top, left, bottom, right = site.get("pads", [0] * 4)
        below, beside = (p - a for p, a in zip((bottom, right), site.get("output_padding", [0, 0])))
    else:
        if site.get("auto_pad", b"NOTSET").startswith(b"SAME"):
            raise ValueError(f"{site.node.name}: an output shape with pads that are the same")
        total = [have - want for have, want in zip(whole.shape[2:], size[-2:])]
        top, left = (max(t, 0) - max(t, 0) // 2 for t in total)
        below, beside = total[0] - top, total[1] - left
    cut = functional.pad(whole, (-left, -beside, -top, -below))
    return [cut + site[2].view(1, -1, 1, 1) if len(site.inputs) > 2 else cut]


def crop(site):
    left, top, right, bottom = site.get("border")
    size = site.get("scale") or [site[0].shape[2] - top - bottom, site[0].shape[3] - left - right]
    return [site[0][:, :, top : top + size[0], left : left + size[1]]]


def instance_normalization(site):
    """Its statistics are frozen."""
    x, shape = site[0], [1, -1] + [1] * (site[0].dim() - 2)
    axes = tuple(range(2, x.dim()))
    mean = x.mean(axes, keepdim=True).detach()
    deviation = (x.var(axes, unbiased=False, keepdim=True) + site.get("epsilon", 1e-5)).sqrt().detach()
    return [(x - mean) / deviation * site[1].view(shape) + site[2].view(shape)]


def max_pool(site):
    """Goes to the switches given, after a check that each lies in its window and holds the maximum but for rounding."""
    x = site[0]
    kernel = site.get("kernel_shape")
    values, outputs = windows(site, x.detach(), kernel, -math.inf, -math.inf)
    places, _ = windows(site, torch.arange(x.numel(), dtype=x.dtype).view_as(x), kernel, -1, -1)
    chosen = site.switches.view(*places.shape[:2], 1, -1)
    if not (places == chosen).any(2).all():
        raise ValueError(f"{site.node.name}: a switch lies outside its window")
    picked = x.flatten()[site.switches]
    gap = (values.max(2).values.flatten() - picked.detach()).max() / x.detach().abs().max()
    if gap > ROUNDING:
        raise ValueError(f"{site.node.name}: a switch misses its maximum by {gap:.1e} of the largest value")
    return [picked.view(*x.shape[:2], *outputs)]


def average_pool(site):
    kernel = site.get("kernel_shape")
    values, outputs = windows(site, site[0], kernel, 0, 0)
    counted = 1 if site.get("count_include_pad", 0) else 0
    counts, _ = windows(site, torch.ones_like(site[0]), kernel, counted, 0)
    return [(values.sum(2) / counts.sum(2)).view(*site[0].shape[:2], *outputs)]


def global_max_pool(site):
    flat = site[0].flatten(2)
    place = flat.detach().argmax(2, keepdim=True)
    return [flat.gather(2, place).reshape(*site[0].shape[:2], 1, 1)]


def batch_normalization(site):
    x, scale, shift, mean, variance = site.inputs[:5]
    shape = [1, -1] + [1] * (x.dim() - 2)
    factor = scale / (variance + site.get("epsilon", 1e-5)).sqrt()
    return [(x - mean.view(shape)) * factor.view(shape) + shift.view(shape)]


def lrn(site):
    size = site.get("size")
    before = (size - 1) // 2
    bias, alpha, beta = site.get("bias", 1.0), site.get("alpha", 1e-4), site.get("beta", 0.75)

    def normalise(x):
        squares = functional.pad(x.square(), (0, 0, 0, 0, before, size - 1 - before))
        total = sum(squares[:, i : i + x.shape[1]] for i in range(size))
        return x / (bias + alpha / size * total) ** beta

    return [PassSignal.apply(site[0], normalise)]


def layer_normalization(site):
    """Its statistics are frozen."""
    x = site[0]
    axes = tuple(range(site.get("axis", -1) % x.dim(), x.dim()))
    mean = x.mean(axes, keepdim=True).detach()
    deviation = (x.var(axes, unbiased=False, keepdim=True) + site.get("epsilon", 1e-5)).sqrt().detach()
    shift = site[2] if len(site.inputs) > 2 else 0
    return [(x - mean) / deviation * site[1] + shift]


def gemm(site):
    a = site[0].T if site.get("transA", 0) else site[0]
    b = site[1].T if site.get("transB", 0) else site[1]
    bias = site.get("beta", 1.0) * site[2] if len(site.inputs) > 2 else 0
    return [site.get("alpha", 1.0) * (a @ b) + bias]


def reduce_mean(site):
    axes = site.numbers("axes", 1)
    return [site[0].mean(tuple(int(axis) for axis in axes), keepdim=bool(site.get("keepdims", 1)))]


def split(site):
    axis = site.get("axis", 0)
    count = len(site.node.output)
    sizes = site.numbers("split", 1) or [math.ceil(site[0].shape[axis] / count)] * count
    return list(site[0].split([int(size) for size in sizes], axis))


def slices(site):
    starts, ends = site.numbers("starts", 1), site.numbers("ends", 2)
    axes = site.numbers("axes", 3) or range(len(starts))
    steps = site.numbers("steps", 4) or [1] * len(starts)
    result = site[0]
    for start, end, axis, step in zip(starts, ends, axes, steps):
        kept = range(result.shape[int(axis)])[int(start) : int(end) : int(step)]
        result = result.index_select(int(axis), torch.tensor(list(kept), dtype=torch.long))
    return [result]


def pad(site):
    pads = [int(length) for length in site.numbers("pads", 1)]
    rank = len(pads) // 2
    order = [pads[axis + end * rank] for axis in reversed(range(rank)) for end in (0, 1)]
    value = site.numbers("value", 2)
    mode = site.get("mode", b"constant").decode()
    if mode == "constant":
        return [functional.pad(site[0], order, value=value[0] if value else 0)]
    return [functional.pad(site[0], order[:4], mode={"edge": "replicate"}.get(mode, mode))]


def gather(site):
    axis, indices = site.get("axis", 0), site[1].long()
    axis %= site[0].dim()
    picked = site[0].index_select(axis, indices.flatten() % site[0].shape[axis])
    return [picked.reshape(*site[0].shape[:axis], *indices.shape, *site[0].shape[axis + 1 :])]


def reshape(site):
    wanted = site.numbers("shape", 1)
    return [site[0].reshape([site[0].shape[i] if dim == 0 else int(dim) for i, dim in enumerate(wanted)])]


def flatten(site):
    axis = site.get("axis", 1)
    return [site[0].reshape(math.prod(site[0].shape[:axis]), -1)]


def squeeze(site):
    axes = site.numbers("axes", 1)
    shape = site[0].shape
    gone = [int(axis) % len(shape) for axis in axes] if axes else [i for i, dim in enumerate(shape) if dim == 1]
    return [site[0].reshape([dim for i, dim in enumerate(shape) if i not in gone])]


def unsqueeze(site):
    axes = site.numbers("axes", 1)
    rank = site[0].dim() + len(axes)
    rest = iter(site[0].shape)
    added = [int(axis) % rank for axis in axes]
    return [site[0].reshape([1 if i in added else next(rest) for i in range(rank)])]


def resize(site):
    """To the next neighbour at whole scales, the one way in which the models of the table resize."""
    sizes = site.numbers("sizes", 3)
    scales = site.numbers("scales", 2 if site.node.op_type == "Resize" and site.opset > 10 else 1)
    factors = [size / dim for size, dim in zip(sizes, site[0].shape)] if sizes else scales
    if site.get("mode", b"nearest") != b"nearest" or any(factor != int(factor) for factor in factors):
        raise ValueError(f"{site.node.name}: Resize is known to the next neighbour and at whole scales alone")
    result = site[0]
    for axis in (2, 3):
        result = result.repeat_interleave(int(factors[axis]), axis)
    return [result]


def clip(x, site):
    low, high = site.numbers("min", 1), site.numbers("max", 2)
    return x.clamp(low[0] if low else None, high[0] if high else None)


def prelu(x, site):
    return torch.where(x > 0, x, x * site[1])


def hard_sigmoid(x, site):
    return (site.get("alpha", 0.2) * x + site.get("beta", 0.5)).clamp(0, 1)


def gelu(x, site):
    return functional.gelu(x, approximate=site.get("approximate", b"none").decode())


def image_scaler(site):
    return [site[0] * site.get("scale", 1.0) + torch.tensor(site.get("bias"), dtype=site[0].dtype).view(1, -1, 1, 1)]


OPERATORS = {
    "Relu": rectified(lambda x, _: x.relu()),
    "LeakyRelu": rectified(lambda x, site: functional.leaky_relu(x, site.get("alpha", 0.01))),
    "PRelu": rectified(prelu),
    "Clip": rectified(clip),
    "HardSwish": rectified(lambda x, _: functional.hardswish(x)),
    "Gelu": rectified(gelu),
    "Sigmoid": passed(lambda x, _: x.sigmoid()),
    "HardSigmoid": passed(hard_sigmoid),
    "Tanh": passed(lambda x, _: x.tanh()),
    "Erf": passed(lambda x, _: x.erf()),
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "GlobalAveragePool": lambda site: [site[0].mean((2, 3), keepdim=True)],
    "GlobalMaxPool": global_max_pool,
    "ReduceMean": reduce_mean,
    "BatchNormalization": batch_normalization,
    "InstanceNormalization": instance_normalization,
    "LRN": lrn,
    "LayerNormalization": layer_normalization,
    "Gemm": gemm,
    "MatMul": lambda site: [site[0] @ site[1]],
    "Add": lambda site: [site[0] + site[1]],
    "Sub": lambda site: [site[0] - site[1]],
    "Mul": lambda site: [site[0] * site[1]],
    "Div": lambda site: [site[0] / site[1]],
    "Sum": lambda site: [sum(site.inputs)],
    "Concat": lambda site: [torch.cat(site.inputs, site.get("axis", 1))],
    "Split": split,
    "Slice": slices,
    "Crop": crop,
    "Pad": pad,
    "Gather": gather,
    "Transpose": lambda site: [site[0].permute(site.get("perm", list(range(site[0].dim()))[::-1]))],
    "Reshape": reshape,
    "Flatten": flatten,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Resize": resize,
    "Upsample": resize,
    "Shape": lambda site: [torch.tensor(site[0].shape)],
    "Cast": lambda site: [site[0]],
    "Identity": lambda site: [site[0]],
    "Dropout": lambda site: [site[0]],
    "ImageScaler": image_scaler,
}
