"""Runs a network by the built reference_probe, on exact numbers."""
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

BUILD = Path(os.environ.get("IMPASTO_BUILD", Path(__file__).parents[2] / "build/release"))


def call(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr.strip())
    return done.stdout


def probe(*words):
    return call(BUILD / "tests/reference_probe", *words)


def impasto(*words):
    return call(BUILD / "impasto", *words)


def painted(net, image, style_weights=None):
    """image: [3, H, W] as the network was trained on. Returns [3, H, W] in the same units."""
    with tempfile.TemporaryDirectory() as folder:
        arrays = {"image": np.ascontiguousarray(image[None], np.float32)}
        if style_weights is not None:
            arrays["style_weights"] = np.asarray(style_weights, np.float32)
        save_file(arrays, f"{folder}/in.safetensors")
        probe("run", net, f"{folder}/in.safetensors", f"{folder}/out.safetensors")
        return load_file(f"{folder}/out.safetensors")["painting"][0]
