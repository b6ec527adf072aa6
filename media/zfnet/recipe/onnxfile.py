"""Writes and reads ZFNet as ONNX, with no other library: the few protobuf messages it takes.

Field numbers are those of onnx.proto3. Writing the file here, rather than through torch.onnx, gives
the same bytes under every PyTorch, and nodes and tensors with the names the paper's reader expects.
"""

import struct

import numpy as np
import torch
from torch import nn

from model import LRN_ALPHA, LRN_BETA, LRN_BIAS, LRN_SIZE, LocalResponseNorm

FLOAT, FLOAT16 = 1, 10
ELEMENT = {FLOAT: np.dtype("<f4"), FLOAT16: np.dtype("<f2")}


def _varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def _field(number, value):
    """One protobuf field: int, float, text or bytes (also a message), or a list of them."""
    if isinstance(value, (list, tuple)):
        return b"".join(_field(number, item) for item in value)
    if isinstance(value, float):
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _attribute(name, value):
    if isinstance(value, float):
        return _field(1, name) + _field(2, value) + _field(20, 1)
    if isinstance(value, int):
        return _field(1, name) + _field(3, value) + _field(20, 2)
    return _field(1, name) + _field(8, list(value)) + _field(20, 7)


def _node(kind, name, inputs, output, **attributes):
    described = [_attribute(key, value) for key, value in sorted(attributes.items())]
    return _field(1, inputs) + _field(2, output) + _field(3, name) + _field(4, kind) + _field(5, described)


def _value(name, shape):
    dimensions = [_field(2, d) if isinstance(d, str) else _field(1, d) for d in shape]
    tensor = _field(1, FLOAT) + _field(2, _field(1, dimensions))
    return _field(1, name) + _field(2, _field(1, tensor))


def _initializer(name, array, kind):
    return _field(1, list(array.shape)) + _field(2, kind) + _field(8, name) + _field(9, array.astype(ELEMENT[kind]).tobytes())


def _window(layer):
    pair = lambda value: [value, value] if isinstance(value, int) else list(value)
    return dict(kernel_shape=pair(layer.kernel_size), strides=pair(layer.stride), pads=pair(layer.padding) * 2)


def write_onnx(model, path, last=None):
    """Writes `model` as ONNX (opset 12), input N x 3 x size x size, output `softmax` (N x classes).

    Weights are stored as float16 and cast to float32 by the graph, so every runtime computes in
    float32; biases stay float32. Each node has the name of its layer, each tensor the name of the
    node that makes it. `last` cuts the net behind the layer of that name.
    """
    nodes, initializers, source, shape = [], [], "input", ["N", 3, model.size, model.size]
    probe = torch.zeros(1, 3, model.size, model.size)
    for name, layer in model.layers.named_children():
        probe = layer.eval()(probe)
        if isinstance(layer, nn.Dropout):
            continue
        if hasattr(layer, "weight"):
            weight, bias = f"{name}.weight", f"{name}.bias"
            initializers.append(_initializer(weight, layer.weight.detach().cpu().numpy(), FLOAT16))
            initializers.append(_initializer(bias, layer.bias.detach().cpu().numpy(), FLOAT))
            nodes.append(_node("Cast", f"{weight}.cast", [weight], f"{weight}.float", to=FLOAT))
            inputs = [source, f"{weight}.float", bias]
            if isinstance(layer, nn.Conv2d):
                nodes.append(_node("Conv", name, inputs, name, **_window(layer)))
            else:
                nodes.append(_node("Gemm", name, inputs, name, transB=1))
        elif isinstance(layer, nn.MaxPool2d):
            nodes.append(_node("MaxPool", name, [source], name, **_window(layer)))
        elif isinstance(layer, LocalResponseNorm):
            lrn = dict(size=LRN_SIZE, alpha=LRN_ALPHA, beta=LRN_BETA, bias=LRN_BIAS)
            nodes.append(_node("LRN", name, [source], name, **lrn))
        elif isinstance(layer, nn.Flatten):
            nodes.append(_node("Flatten", name, [source], name, axis=1))
        else:
            nodes.append(_node("Relu", name, [source], name))
        source = name
        if name == last:
            break
    if last is None:
        nodes.append(_node("Softmax", "softmax", [source], "softmax", axis=1))
        source = "softmax"
    graph = _field(1, nodes) + _field(2, "zfnet") + _field(5, initializers)
    graph += _field(11, _value("input", shape)) + _field(12, _value(source, ["N", *probe.shape[1:]]))
    opset = _field(8, _field(1, "") + _field(2, 12))
    data = _field(1, 7) + _field(2, "switchback-zfnet-recipe") + _field(7, graph) + opset
    with open(path, "wb") as file:
        file.write(data)


def _fields(data):
    """(number, value) of every field of a message; value is an int or bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            size = 4 if key & 7 == 5 else varint()
            at += size
            yield key >> 3, data[at - size : at]


def read_weights(path):
    """The state dict of ZFNet.layers (float32) stored in a file that write_onnx made."""
    with open(path, "rb") as file:
        graph = next(value for number, value in _fields(file.read()) if number == 7)
    weights = {}
    for number, value in _fields(graph):
        if number == 5:
            parts = list(_fields(value))
            shape = [part for key, part in parts if key == 1]
            rest = {key: part for key, part in parts if key != 1}
            array = np.frombuffer(rest[9], ELEMENT[rest[2]]).astype(np.float32).reshape(shape)
            weights[rest[8].decode()] = torch.from_numpy(array)
    return weights
