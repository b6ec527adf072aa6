"""Times the same projections by PyTorch's autograd, one unit at a time as its users do it.

Rectification sends max(signal, 0) down, contrast normalisation the signal as it is, max pools route by their
switches: the deconvnet, not the gradient. Reads a request as JSON from standard input, writes the answer as JSON.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Rectify(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, signal):
        return signal.clamp(min=0)


class Normalise(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return F.local_response_norm(x, 5, 1e-4, 0.75, 2)

    @staticmethod
    def backward(ctx, signal):
        return signal


class Zfnet(nn.Module):
    """Figure 3 of Zeiler & Fergus 2013."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 96, 7, 2, 1)
        self.conv2 = nn.Conv2d(96, 256, 5, 2)
        self.conv3 = nn.Conv2d(256, 384, 3, 1, 1)
        self.conv4 = nn.Conv2d(384, 384, 3, 1, 1)
        self.conv5 = nn.Conv2d(384, 256, 3, 1, 1)
        self.fc6 = nn.Linear(9216, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, 1000)

    def forward(self, x):
        features = {}
        x = features['conv1'] = Rectify.apply(self.conv1(x))
        x = Normalise.apply(F.max_pool2d(x, 3, 2, 1))
        x = features['conv2'] = Rectify.apply(self.conv2(x))
        x = Normalise.apply(F.max_pool2d(x, 3, 2, 1))
        for name in ('conv3', 'conv4', 'conv5'):
            x = features[name] = Rectify.apply(getattr(self, name)(x))
        x = F.max_pool2d(x, 3, 2).flatten(1)
        for name in ('fc6', 'fc7'):
            x = features[name] = Rectify.apply(getattr(self, name)(x))
        features['fc8'] = self.fc8(x)
        return features


class Squeezenet(nn.Module):
    """SqueezeNet 1.1."""

    FIRES = {2: (64, 16, 64), 3: (128, 16, 64), 4: (128, 32, 128), 5: (256, 32, 128),
             6: (256, 48, 192), 7: (384, 48, 192), 8: (384, 64, 256), 9: (512, 64, 256)}

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({'conv1': nn.Conv2d(3, 64, 3, 2), 'conv10': nn.Conv2d(512, 1000, 1)})
        for fire, (inputs, squeezed, expanded) in self.FIRES.items():
            self.layers[f'fire{fire}/squeeze1x1'] = nn.Conv2d(inputs, squeezed, 1)
            self.layers[f'fire{fire}/expand1x1'] = nn.Conv2d(squeezed, expanded, 1)
            self.layers[f'fire{fire}/expand3x3'] = nn.Conv2d(squeezed, expanded, 3, 1, 1)

    def forward(self, x):
        features = {}

        def convolve(name, x):
            features[name] = Rectify.apply(self.layers[name](x))
            return features[name]

        x = F.max_pool2d(convolve('conv1', x), 3, 2, ceil_mode=True)
        for fire in self.FIRES:
            x = convolve(f'fire{fire}/squeeze1x1', x)
            x = torch.cat([convolve(f'fire{fire}/expand{k}x{k}', x) for k in (1, 3)], 1)
            if fire in (3, 5):
                x = F.max_pool2d(x, 3, 2, ceil_mode=True)
        convolve('conv10', x)
        return features


def seconds_per_projection(image, feature, limit):
    """The maxima of the strongest maps, projected one after the other until the time is up."""
    flat = feature.flatten(2)[0] if feature.dim() == 4 else feature[0, :, None]
    maxima, places = flat.max(1)
    maps = maxima.argsort(descending=True)
    done, start = 0, time.perf_counter()
    while done < 3 or time.perf_counter() - start < limit:
        unit = maps[done % min(len(maps), 32)]
        seed = torch.zeros_like(flat)
        seed[unit, places[unit]] = maxima[unit].detach()
        torch.autograd.grad(flat, image, seed, retain_graph=True)
        done += 1
    return (time.perf_counter() - start) / done


def main():
    request = json.load(sys.stdin)
    torch.manual_seed(1)
    torch.set_num_threads(request['threads'])
    model = {'zfnet': Zfnet, 'squeezenet': Squeezenet}[request['model']]().eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    image = torch.randn(1, 3, request['size'], request['size']).requires_grad_()
    for _ in range(3):
        start = time.perf_counter()
        features = model(image)
        forward = time.perf_counter() - start
    layers = {name: 1 / seconds_per_projection(image, features[name], request['seconds']) for name in request['layers']}
    json.dump({'version': torch.__version__, 'forwardMs': 1000 * forward, 'perSecond': layers}, sys.stdout)


if __name__ == '__main__':
    main()
