"""Holds the ONNX graphs that impasto exports against ONNX Runtime: narrow networks of all kinds of layers, pads and norms are made,
exported, checked by onnx and run by both. Prints the largest difference of each relative to the largest value; fails above 2e-5.

    cmake --build build/release --target impasto reference_probe
    python tests/reference/check_exports.py            IMPASTO_BUILD: the build folder, if it is another one
"""
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

from formula import picture
from probe import impasto, painted, probe

SIZES = ((40, 48), (43, 50), (61, 37))
TOLERANCE = 2e-5
# (pixel - mean) * scale of nets/preprocessing.cpp
UNITS = {"unit": ((0, 0, 0), (1 / 255,) * 3), "byte": ((0, 0, 0), (1, 1, 1)),
         "torch": ((123.675, 116.28, 103.53), (1 / 58.395, 1 / 57.12, 1 / 57.375))}


def image(height, width, preprocessing):
    mean, scale = (np.reshape(v, (3, 1, 1)) for v in UNITS[preprocessing])
    return ((picture(1, 5, height, width) - mean) * scale).astype(np.float32)


def check(text, preprocessing, folder):
    net, exported = f"{folder}/net.h5", f"{folder}/net.onnx"
    probe("fresh", text, preprocessing, net)
    impasto("weights", "export", net, "-o", exported)
    impasto("weights", "verify", exported)
    onnx.checker.check_model(exported, full_check=True)
    session = onnxruntime.InferenceSession(exported, providers=["CPUExecutionProvider"])
    worst = 0
    for size in SIZES:
        x = image(*size, preprocessing)
        feed, blend = {"image": x[None]}, None
        if len(session.get_inputs()) == 2:
            blend = feed["style_weights"] = np.array([0.5, 0.2, 0.3], np.float32)
        theirs, ours = session.run(None, feed)[0][0], painted(net, x, blend)
        assert theirs.shape == ours.shape, (size, theirs.shape, ours.shape)
        worst = max(worst, np.abs(theirs - ours).max() / np.abs(theirs).max())
    print(f"{worst:.1e}  {preprocessing:5s}  {text}")
    return worst


def main():
    texts = probe("list").split()
    with tempfile.TemporaryDirectory() as folder:
        worst = max(check(text, how, folder) for text in texts for how in UNITS)
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}: {len(texts) * len(UNITS)} networks, worst {worst:.1e}")
    sys.exit(int(worst > TOLERANCE))


if __name__ == "__main__":
    main()
