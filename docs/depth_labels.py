#!/usr/bin/env python3
"""Pictures with depth to learn from, of what several networks see in photographs: their mean, and half a share of "lower is nearer".

  depth_labels.py PHOTOS OUT MAPS...    MAPS: folders of `impasto depth PHOTOS -o MAPS`, 16-bit grey of the photos' names, far is bright

Writes NAME_rgb.jpg and NAME_depth.png of 160x120 into OUT, as `impasto train depth` takes them. Needs numpy and Pillow.
"""
import sys
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = 160, 120
RULE = 0.5  # of the mean of the networks


def standard(plane):
    return (plane - plane.mean()) / plane.std()


def main(photos, out, *maps):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    rows = np.repeat(np.arange(SIZE[1], dtype=float)[:, None], SIZE[0], 1)
    for photo in sorted(Path(photos).iterdir()):
        seen = [np.array(Image.open(Path(folder) / (photo.stem + ".png")).resize(SIZE, Image.BILINEAR), dtype=float) for folder in maps]
        depth = sum(map(standard, seen)) / len(seen) + RULE * standard(-rows)
        depth = (depth - depth.min()) / (depth.max() - depth.min())
        Image.open(photo).convert("RGB").resize(SIZE, Image.LANCZOS).save(out / f"{photo.stem}_rgb.jpg", quality=92)
        # An order is all that is known; training also asks for logarithms, so it is given as 3 to 13.4 m.
        Image.fromarray((3000 * np.exp(1.5 * depth)).astype(np.uint16)).save(out / f"{photo.stem}_depth.png")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
