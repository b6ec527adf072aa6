"""Pictures resized by Pillow, which the tests hold reading pictures against.

Run with Debian's python3 (package python3-pil, tried with 9.4): `python3 make.py`. It writes, beside this file, a
picture of noise, which is the hardest to resize, made larger, and a photograph of the samples made smaller.
"""

import pathlib

import numpy
from PIL import Image

HERE = pathlib.Path(__file__).parent
SAMPLES = HERE.parents[2] / "media" / "samples"

noise = numpy.random.default_rng(9001).integers(0, 256, (40, 64, 3), dtype=numpy.uint8)
picture = Image.fromarray(noise)
picture.save(HERE / "noise.png")
picture.resize((97, 61), Image.BICUBIC).save(HERE / "enlarged.png")
Image.open(SAMPLES / "coffee.jpg").resize((96, 64), Image.BICUBIC).save(HERE / "reduced.png")
