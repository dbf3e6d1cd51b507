"""Records style_dataset.h5 beside this script: a data set of photographs as make_style_dataset.py of jcjohnson/fast-neural-style writes it
(its create_dataset() calls, in one piece), which the C++ tests read.

    python tests/reference/style_dataset.py

Byte b of the set /train2014/images is (7 b + b / 256) modulo 256, of /val2014/images the same plus 100.
"""
from pathlib import Path

import h5py
import numpy as np


def pattern(shape, add):
    b = np.arange(np.prod(shape))
    return ((7 * b + b // 256 + add) % 256).astype(np.uint8).reshape(shape)


def main():
    path = Path(__file__).parent / "style_dataset.h5"
    with h5py.File(path, "w") as file:
        for name, count, add in (("train2014/images", 3, 0), ("val2014/images", 2, 100)):
            images = file.create_dataset(name, (count, 3, 16, 16), np.uint8)
            for i, image in enumerate(pattern((count, 3, 16, 16), add)):
                images[i] = image
    print(f"{path.name}: h5py {h5py.__version__}, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
