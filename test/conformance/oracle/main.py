"""Projections of ONNX models in PyTorch, beside those that Switchback made.

Every line of the input names a request: a JSON file that names the model, the arrays of the image, of each max pool's switches and of
Switchback's pictures, and the units. Answers each by a line of JSON, the largest difference of the activations, as part of their
tensor's largest, and of the pictures, as part of theirs; or why there is none. Needs Debian's python3-torch and python3-onnx.
"""

import json
import pathlib
import sys

import numpy
import torch

from interpreter import Model


def compare(path):
    request = json.loads(path.read_text())
    image = array(path, "image").double().requires_grad_()
    switches = {name: array(path, file).long().flatten() for name, file in request["switches"].items()}
    pictures = array(path, "pictures").double()
    tensors = Model(request["model"]).run(image, [unit["tensor"] for unit in request["units"]], switches)
    activations, differences = [], []
    for unit, picture in zip(request["units"], pictures):
        maps = tensors[unit["tensor"]]
        if unit["mapsLast"]:
            maps = maps.permute(0, 3, 1, 2)
        flat = maps.reshape(-1)
        activations.append(abs(float(flat[unit["element"]]) - unit["activation"]) / float(flat.detach().abs().max()))
        start = torch.zeros_like(flat)
        start[unit["element"]] = unit["seed"]
        (expected,) = torch.autograd.grad(flat, image, start, retain_graph=True)
        largest = float(expected.abs().max())
        difference = float((expected[0] - picture).abs().max())
        differences.append(difference / largest if difference else 0.0)
    return {"activation": max(activations), "picture": max(differences)}


def array(path, name):
    return torch.from_numpy(numpy.load(path.with_name(f"{name}.npy")))


def main():
    for line in sys.stdin:
        try:
            answer = compare(pathlib.Path(line.strip()))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
