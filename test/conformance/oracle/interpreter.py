"""Runs an ONNX graph in PyTorch so that gradients by the image are projections of the deconvnet.

It reads the file by the `onnx` package and shares no code with Switchback. Only what the wanted tensors depend on is run.
"""

import onnx
import torch
from onnx import helper, numpy_helper

from operators import OPERATORS, RectifySignal, Site
from spelling import spelled


class Model:
    def __init__(self, path):
        model = onnx.load(path)
        self.opset = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
        self.nodes = list(model.graph.node)
        self.constants = {tensor.name: from_onnx(tensor) for tensor in model.graph.initializer}
        self.image = next(value.name for value in model.graph.input if value.name not in self.constants)
        #: The node that makes a tensor, behind its place among the nodes.
        self.producers = {name: (place, node) for place, node in enumerate(self.nodes) for name in node.output}

    def run(self, image, tensors, switches):
        """The tensors as functions of the image, by name. `switches` by the output of each max pool."""
        return Run(self, image, switches).tensors(tensors)


class Run:
    def __init__(self, model, image, switches):
        self.model = model
        self.switches = switches
        self.values = {**model.constants, model.image: image}
        self.varying = {model.image}

    def tensors(self, names):
        for node in self.needed(names):
            if node.op_type != "Shape" and self.varying.intersection(node.input):
                self.varying.update(node.output)
            self.values.update(zip(node.output, self.outputs(node)))
        return {name: self.values[name] for name in names}

    def needed(self, names):
        wanted, chosen = set(names), []
        for node in reversed(self.model.nodes):
            if wanted.intersection(node.output):
                chosen.append(node)
                wanted.update(node.input)
        return reversed(chosen)

    def outputs(self, node):
        if node.op_type == "Constant":
            return [from_onnx(attributes_of(node)["value"])]
        inputs = [self.values[name] if name else None for name in node.input]
        if node.op_type in ("Mul", "Div") and self.varying.intersection(node.input):
            activation = spelled(node, self.model.producers, self.varying, self.compute)
            if activation:
                return [RectifySignal.apply(self.values[activation[0]], activation[1])]
            if self.varying.issuperset(node.input):
                gate = self.gate(node, inputs)
                inputs[gate] = inputs[gate].detach()
        return self.apply(node, inputs)

    def apply(self, node, inputs):
        switches = self.switches.get(node.output[0])
        return OPERATORS[node.op_type](Site(node, attributes_of(node), inputs, self.model.opset, switches))

    def compute(self, nodes, x, sample):
        """The last node's output when `x` has other values."""
        values = {**self.values, x: sample}
        for node in nodes:
            values.update(zip(node.output, self.apply(node, [values[name] if name else None for name in node.input])))
        return values[nodes[-1].output[0]]

    def gate(self, node, inputs):
        """Which operand of a product is a gate: the one spread over positions, or the one made of the other."""
        spread = [all(dim == 1 for dim in operand.shape[2:]) for operand in inputs]
        if spread[0] != spread[1]:
            return spread.index(True)
        made = [self.depends(node.input[i], node.input[1 - i]) for i in (0, 1)]
        if made[0] == made[1]:
            raise ValueError(f"{node.name} multiplies two activations, neither of which is a gate")
        return made.index(True)

    def depends(self, tensor, origin):
        below, ahead = {tensor}, [tensor]
        while ahead:
            _, node = self.model.producers.get(ahead.pop(), (0, None))
            fresh = {name for name in node.input if name in self.varying} - below if node else ()
            below.update(fresh)
            ahead.extend(fresh)
        return origin in below


def from_onnx(tensor):
    array = torch.from_numpy(numpy_helper.to_array(tensor).copy())
    return array.double() if array.is_floating_point() else array


def attributes_of(node):
    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
