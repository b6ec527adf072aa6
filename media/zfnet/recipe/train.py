"""Trains ZFNet on Caltech-101 by the recipe of Zeiler & Fergus (2013), section 3.

python3 train.py --data <caltech101 folder> --out <folder>

does every run of RUNS in turn, or those named by --runs. A run that was cut off goes on from its last
complete epoch, a finished one is skipped; the result is the same as without the interruption.
"""

import argparse
import csv
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from data import centre_crops, load_pictures, resize_side, split, training_batches
from model import CONV_LAYERS, ZFNet, filter_rms, initialise, renormalise
from onnxfile import read_weights, write_onnx
from pictures import draw_curves, draw_filters

BATCH, MOMENTUM = 128, 0.9
CHECKPOINT_EPOCHS = (1, 2, 5, 10, 20, 30, 40, 64)  # figure 4


@dataclass(frozen=True)
class Run:
    """One training run; `split` and `initial` are explained in data.split and model.initialise."""

    split: str = "protocol"
    seed: int = 0
    epochs: int = 70
    last_epoch: int = 70  # an earlier one cuts the run off; the learning rates stay those of `epochs`
    rate: float = 0.01
    initial: str = "fan-in"
    renormalise: bool = True
    checkpoints: bool = False
    size: int = 128
    widths: tuple = (48, 128, 192, 192, 128)
    hidden: int = 896


RUNS = {
    "bundled": Run(split="all", checkpoints=True),
    "protocol-0": Run(seed=0),
    "protocol-1": Run(seed=1),
    "literal": Run(initial="paper", epochs=10, last_epoch=10),
    # As "bundled", up to its checkpoint of epoch 30: by then the largest filter is far beyond 0.1.
    "no-renormalisation": Run(split="all", renormalise=False, last_epoch=30),
    "full-size": Run(size=224, widths=(96, 256, 384, 384, 256), hidden=4096),
}
DEFAULT_RUNS = [name for name in RUNS if name != "full-size"]


def learning_rate(run, epoch):
    """The paper anneals by hand when validation stalls; here by ten after 4/7 and 6/7 of the epochs."""
    return run.rate * 0.1 ** ((epoch > run.epochs * 4 / 7) + (epoch > run.epochs * 6 / 7))


def to_input(pictures, mean, device):
    """Bytes N x H x W x 3 to the network's input: N x 3 x H x W, pixel minus the channel's mean."""
    x = torch.from_numpy(np.ascontiguousarray(pictures)).to(device).permute(0, 3, 1, 2).float()
    return x.sub_(torch.tensor(mean, device=device)[:, None, None])


@torch.no_grad()
def evaluate(model, pictures, labels, rows, mean, device):
    """(mean loss, mean of the per-class accuracies, accuracy) on centre crops, without dropout."""
    model.eval()
    logits = []
    for chunk in np.array_split(rows, len(rows) // 256 + 1):
        logits.append(model(to_input(centre_crops(pictures, chunk, model.size), mean, device)).cpu())
    logits, truth = torch.cat(logits), torch.from_numpy(labels[rows])
    hits = (logits.argmax(1) == truth).double()
    per_class = [hits[truth == label].mean().item() for label in truth.unique()]
    return F.cross_entropy(logits, truth).item(), float(np.mean(per_class)), hits.mean().item()


def train_epoch(model, optimiser, run, epoch, pictures, labels, rows, mean, device):
    """One pass over `rows`; returns (mean loss, accuracy, filters renormalised per conv layer and step)."""
    model.train()
    torch.manual_seed(1000 * run.seed + epoch)
    random = np.random.default_rng([run.seed, epoch])
    optimiser.param_groups[0]["lr"] = learning_rate(run, epoch)
    loss_sum, hits, acted, steps = 0.0, 0, 0, 0
    for chunk, cut in training_batches(pictures, rows, run.size, BATCH, random):
        truth = torch.from_numpy(labels[chunk]).to(device)
        logits = model(to_input(cut, mean, device))
        loss = F.cross_entropy(logits, truth)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if run.renormalise:
            acted = acted + renormalise(model)
        loss_sum += loss.item() * len(chunk)
        hits += (logits.argmax(1) == truth).sum().item()
        steps += 1
    per_step = (acted / steps).tolist() if run.renormalise else [0.0] * len(CONV_LAYERS)
    return loss_sum / len(rows), hits / len(rows), per_step


def describe(epoch, rate, trained, tested, model):
    """One row of the history."""
    row = dict(epoch=epoch, rate=rate, train_loss=trained[0], train_accuracy=trained[1])
    row.update(test_loss=tested[0], test_class_accuracy=tested[1], test_accuracy=tested[2])
    for name, acted in zip(CONV_LAYERS, trained[2]):
        rms = filter_rms(getattr(model.layers, name))
        row.update({f"{name}_rms_mean": rms.mean().item(), f"{name}_rms_max": rms.max().item()})
        row[f"{name}_renormalised_per_step"] = acted
    return row


@torch.no_grad()
def first_layer(model, pictures, rows, mean, device):
    """What section 4.1 looks for in conv1: dead filters and dominating ones, over the held-out pictures."""
    model.eval()
    peak = 0
    for chunk in np.array_split(rows, len(rows) // 256 + 1):
        x = to_input(centre_crops(pictures, chunk, model.size), mean, device)
        peak = peak + F.relu(model.layers.conv1(x)).amax((2, 3)).sum(0) / len(rows)
    rms = filter_rms(model.layers.conv1)
    share = peak / peak.sum()
    return dict(
        filters=len(rms),
        dead=int((peak < 0.01 * peak.median()).sum()),
        rms=[rms.min().item(), rms.median().item(), rms.max().item()],
        peak=[peak.min().item(), peak.median().item(), peak.max().item()],
        largest_share_of_peaks=share.max().item(),
        largest_to_median_rms=(rms.max() / rms.median()).item(),
    )


def save_history(folder, history):
    with open(folder / "history.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, history[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows([{key: f"{value:.6g}" for key, value in row.items()} for row in history])
    epochs = [row["epoch"] for row in history]
    column = lambda key: [row[key] for row in history]
    draw_curves(folder / "loss.png", "loss", epochs, {"train": column("train_loss"), "test": column("test_loss")})
    accuracy = {"train": column("train_accuracy"), "test, mean of classes": column("test_class_accuracy")}
    draw_curves(folder / "accuracy.png", "accuracy", epochs, accuracy)
    for key in ("mean", "max"):
        series = {name: column(f"{name}_rms_{key}") for name in CONV_LAYERS}
        draw_curves(folder / f"rms-{key}.png", f"filter RMS, {key} of the layer", epochs, series)


def save_state(path, **state):
    """Complete or not at all: a kill while writing leaves the former file."""
    partial = path.with_suffix(".part")
    torch.save(state, partial)
    partial.replace(path)


def train(name, run, arguments):
    """Does or continues the run `name` in its folder of the output."""
    folder = Path(arguments.out) / name
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "result.json").exists():
        print(f"{name}: finished before", flush=True)
        return
    side = resize_side(run.size)
    pictures, labels, names = load_pictures(arguments.data, side, Path(arguments.out) / "cache")
    rows, held_out = split(labels, run.split, run.seed)
    mean = [round(float(value), 2) for value in pictures[rows].mean((0, 1, 2), dtype=np.float64)]
    device = torch.device(arguments.device)
    model = ZFNet(len(names), run.size, run.widths, run.hidden)
    initialise(model, run.initial, run.seed)
    model.to(device, memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(model.parameters(), run.rate, MOMENTUM)
    history = []
    state_file = folder / "state.pt"
    if state_file.exists():
        state = torch.load(state_file, map_location=device)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        history = state["history"]
    print(f"{name}: {len(rows)} to train, {len(held_out)} held out, from epoch {len(history) + 1}", flush=True)
    for epoch in range(len(history) + 1, run.last_epoch + 1):
        start = time.time()
        trained = train_epoch(model, optimiser, run, epoch, pictures, labels, rows, mean, device)
        speed = len(rows) / (time.time() - start)
        tested = evaluate(model, pictures, labels, held_out, mean, device)
        history.append(describe(epoch, learning_rate(run, epoch), trained, tested, model))
        save_state(state_file, model=model.state_dict(), optimiser=optimiser.state_dict(), history=history)
        save_history(folder, history)
        if run.checkpoints and epoch in CHECKPOINT_EPOCHS:
            checkpoint = folder / "checkpoints" / f"epoch-{epoch:02}"
            checkpoint.parent.mkdir(exist_ok=True)
            write_onnx(clone(model, names, run), checkpoint.with_suffix(".onnx"), last="pool5")
            write_sidecar(checkpoint, preprocess=preprocessing(run, mean))
        left = (time.time() - start) * (run.last_epoch - epoch) / 60
        print(
            f"{name} epoch {epoch}/{run.last_epoch}: loss {trained[0]:.3f}, test loss {tested[0]:.3f}, "
            f"mean class accuracy {tested[1]:.2%}, renormalised per step {[round(n, 1) for n in trained[2]]}, "
            f"{speed:.0f} pictures/s, {left:.0f} min left",
            flush=True,
        )
    finish(folder, run, clone(model, names, run), pictures, labels, names, held_out, mean, history)


def clone(model, names, run):
    """The same net on the CPU."""
    copy = ZFNet(len(names), run.size, run.widths, run.hidden)
    copy.load_state_dict(model.state_dict())
    return copy


def preprocessing(run, mean):
    """How a picture becomes the input, as sidecars say it."""
    return dict(resize=resize_side(run.size), crop=[run.size, run.size], channels="RGB", scale=1, mean=mean, std=[1, 1, 1])


def write_sidecar(model, **sidecar):
    """Writes the sidecar of a model, whose path is given without its extension."""
    model.with_suffix(".switchback.json").write_text(json.dumps(sidecar, indent=1) + "\n")


def finish(folder, run, model, pictures, labels, names, held_out, mean, history):
    """Writes model, sidecar, filter sheet and result; the figures are those of the float16 weights."""
    write_onnx(model, folder / "zfnet.onnx")
    model.layers.load_state_dict(read_weights(folder / "zfnet.onnx"))
    loss, class_accuracy, accuracy = evaluate(model, pictures, labels, held_out, mean, "cpu")
    draw_filters(folder / "conv1.png", model.layers.conv1.weight.detach().numpy())
    write_sidecar(folder / "zfnet", labels=names, preprocess=preprocessing(run, mean))
    acted = {name: float(np.mean([row[f"{name}_renormalised_per_step"] for row in history])) for name in CONV_LAYERS}
    result = dict(
        run=asdict(run),
        test_class_accuracy=class_accuracy,
        test_accuracy=accuracy,
        test_loss=loss,
        filters_renormalised_per_step=acted,
        first_layer=first_layer(model, pictures, held_out, mean, "cpu"),
    )
    (folder / "result.json").write_text(json.dumps(result, indent=1) + "\n")
    print(f"{folder.name}: mean class accuracy {class_accuracy:.2%}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of Caltech-101 with one folder per class")
    parser.add_argument("--out", required=True, help="folder for models, curves and states")
    parser.add_argument("--runs", nargs="*", choices=RUNS, default=DEFAULT_RUNS, help="which runs (default: all but full-size)")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, help="CPU threads (default: PyTorch's choice)")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    for name in arguments.runs:
        train(name, RUNS[name], arguments)


if __name__ == "__main__":
    main()
