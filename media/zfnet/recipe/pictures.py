"""Curves and filter sheets, drawn with Pillow."""

import numpy as np
from PIL import Image, ImageDraw

COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 56, 16, 30, 36


def draw_curves(path, title, epochs, series):
    """A line chart as PNG: `series` maps a name to one value per epoch."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    top = max(max(values) for values in series.values()) * 1.05 or 1
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    place = lambda epoch, value: (
        LEFT + (right - LEFT) * epoch / max(epochs[-1], 1),
        bottom - (bottom - TOP) * min(value, top) / top,
    )
    for tick in range(6):
        y = place(0, top * tick / 5)[1]
        draw.line((LEFT, y, right, y), fill="#dddddd")
        draw.text((8, y - 6), f"{top * tick / 5:.3g}", fill="#444444")
        epoch = epochs[-1] * tick / 5
        draw.text((place(epoch, 0)[0] - 6, bottom + 6), f"{epoch:.0f}", fill="#444444")
    draw.text((right - 36, bottom + 20), "epoch", fill="#444444")
    draw.text((LEFT, 8), title, fill="black")
    x = right
    for colour, (name, values) in zip(COLOURS, series.items()):
        if len(values) > 1:
            draw.line([place(*point) for point in zip(epochs, values)], fill=colour, width=2)
        x -= 14 + draw.textlength(name)
        draw.text((x, 8), name, fill=colour)
    image.save(path)


def draw_filters(path, weight, zoom=6):
    """First-layer filters (maps x 3 x k x k) as a sheet, each scaled on its own, zero mid-grey."""
    maps, _, side, _ = weight.shape
    columns = 12
    rows = -(-maps // columns)
    sheet = np.full((rows * (side + 1) + 1, columns * (side + 1) + 1, 3), 255, np.uint8)
    for i, kernel in enumerate(weight):
        y, x = (i // columns) * (side + 1) + 1, (i % columns) * (side + 1) + 1
        scaled = kernel / max(np.abs(kernel).max(), 1e-12)
        sheet[y : y + side, x : x + side] = np.rint(127.5 + 127.5 * scaled).transpose(1, 2, 0)
    image = Image.fromarray(sheet)
    image.resize((image.width * zoom, image.height * zoom), Image.NEAREST).save(path)
