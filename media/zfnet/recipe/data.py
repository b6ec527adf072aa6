"""Caltech-101 as arrays: pictures, splits and augmentation."""

from pathlib import Path

import numpy as np
from PIL import Image

TRAIN_PER_CLASS, TEST_PER_CLASS = 30, 50  # section 5.2
VALIDATION_SHARE, VALIDATION_SEED = 0.1, 2013


def resize_side(crop):
    """Shorter side before cropping: the paper's 256 to 224, as a multiple of 16 (144 for 128)."""
    return round(crop * 256 / 224 / 16) * 16


def load_pictures(folder, side, cache):
    """(pictures, labels, names): N x side x side x 3 bytes RGB, class of each, class names.

    The shorter side is resized to `side`, then the centre square is cut out (section 3).
    `cache` is a folder; the arrays are kept there, so that a restart is quick.
    """
    path = Path(cache) / f"caltech101-{side}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        names = sorted(p.name for p in Path(folder).iterdir() if p.is_dir() and p.name != "BACKGROUND_Google")
        files = [(file, label) for label, name in enumerate(names) for file in sorted(Path(folder, name).glob("*.jpg"))]
        if not files:
            raise SystemExit(f"{folder} has no class folders with .jpg files")
        pictures = np.empty((len(files), side, side, 3), np.uint8)
        for row, (file, _) in enumerate(files):
            pictures[row] = centre_square(Image.open(file), side)
            if row % 1000 == 0:
                print(f"reading pictures: {row} of {len(files)}", flush=True)
        partial = path.with_suffix(".part.npz")
        np.savez(partial, pictures=pictures, labels=[label for _, label in files], names=names)
        partial.rename(path)
    with np.load(path) as stored:
        return stored["pictures"], stored["labels"], [str(name) for name in stored["names"]]


def centre_square(image, side):
    """Shorter side to `side` by bilinear resampling, then the centre square, as side x side x 3 bytes."""
    image = image.convert("RGB")
    width, height = (max(side, round(edge * side / min(image.size))) for edge in image.size)
    left, top = (width - side) // 2, (height - side) // 2
    image = image.resize((width, height), Image.BILINEAR)
    return np.asarray(image.crop((left, top, left + side, top + side)))


def split(labels, kind, seed):
    """(train rows, held-out rows).

    "protocol": 30 per class to train, at most 50 others per class to test, drawn by `seed`.
    "all": a tenth of every class held out, always the same one, the rest to train.
    """
    protocol = kind == "protocol"
    random = np.random.default_rng(seed if protocol else VALIDATION_SEED)
    train, held_out = [], []
    for label in range(labels.max() + 1):
        rows = random.permutation(np.flatnonzero(labels == label))
        if protocol:
            train.extend(rows[:TRAIN_PER_CLASS])
            held_out.extend(rows[TRAIN_PER_CLASS : TRAIN_PER_CLASS + TEST_PER_CLASS])
        else:
            count = round(len(rows) * VALIDATION_SHARE)
            held_out.extend(rows[:count])
            train.extend(rows[count:])
    return np.array(train), np.array(held_out)


def training_batches(pictures, rows, crop, batch, random):
    """Yields (rows, bytes): every row once, in random order, randomly cropped and flipped."""
    reach = pictures.shape[1] - crop + 1
    for chunk in np.array_split(random.permutation(rows), round(len(rows) / batch) or 1):
        out = np.empty((len(chunk), crop, crop, 3), np.uint8)
        places = random.integers(reach, size=(len(chunk), 2))
        flips = random.integers(2, size=len(chunk))
        for i, row in enumerate(chunk):
            y, x = places[i]
            cut = pictures[row, y : y + crop, x : x + crop]
            out[i] = cut[:, ::-1] if flips[i] else cut
        yield chunk, out


def centre_crops(pictures, rows, crop):
    """The centre crop of each row: what the bundled model's preprocessing cuts out."""
    start = (pictures.shape[1] - crop) // 2
    return pictures[rows, start : start + crop, start : start + crop]
