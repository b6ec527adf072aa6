"""Times occlusion sweeps by PyTorch: batched as a careful user writes them, and one window after the other as Captum does.

Reads a request as JSON from standard input, writes windows a second as JSON.
"""

import json
import sys
import time

import torch

from torch_projection import Squeezenet, Zfnet

SIZE, STRIDE = 32, 8


def windows_per_second(model, image, batch, top, seconds):
    """Hides one window in each image of a batch; measures the class probabilities and one map's activity."""
    side = image.shape[-1]
    places = [(y, x) for y in range(0, side - SIZE + 1, STRIDE) for x in range(0, side - SIZE + 1, STRIDE)]
    done, start = 0, time.perf_counter()
    while done < 3 * batch or time.perf_counter() - start < seconds:
        images = image.repeat(batch, 1, 1, 1)
        for i in range(batch):
            y, x = places[(done + i) % len(places)]
            images[i, :, y:y + SIZE, x:x + SIZE] = 0
        features = model(images)
        scores = features[top['scores']]
        (scores if scores.dim() == 2 else scores.mean((2, 3))).softmax(1).max(1)
        features[top['layer']][:, 0].sum((1, 2))
        done += batch
    return done / (time.perf_counter() - start)


def main():
    request = json.load(sys.stdin)
    torch.manual_seed(1)
    torch.set_num_threads(request['threads'])
    model, top = {
        'zfnet': (Zfnet, {'layer': 'conv5', 'scores': 'fc8'}),
        'squeezenet': (Squeezenet, {'layer': 'conv10', 'scores': 'conv10'}),
    }[request['model']]
    model = model().eval()
    image = torch.randn(1, 3, request['size'], request['size'])
    with torch.no_grad():
        model(image)
        rates = {name: windows_per_second(model, image, batch, top, request['seconds'])
                 for name, batch in (('batched', 32), ('single', 1))}
    json.dump({'version': torch.__version__, **rates}, sys.stdout)


main()
