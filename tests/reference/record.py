"""Records what PyTorch computes into HDF5 files beside this script, which the C++ tests read, and a few files of other formats.

    python tests/reference/record.py            writes all of them, RECORDS below, exchange.{onnx,safetensors} and the .pth files
    python tests/reference/record.py a.h5 b.h5  writes these
    python tests/reference/record.py --list     prints every dataset with its type and shape

formula.py defines the inputs and weights; nets.py, layers.py, transform.py, lengstrom.py, hourglass.py, hed.py, monodepth.py,
vgg_depth.py, adain.py, training_step.py, exchange.py and pytorch.py what is recorded.
"""
import sys
from pathlib import Path

import h5py
import numpy as np
import torch

from adain import record_adain
from depth import record_depth_loss
from exchange import record_exchange
from hed import record_hed
from hourglass import record_hourglass
from layers import record_layers
from lengstrom import record_lengstrom
from monodepth import record_monodepth, record_monodepth_files
from nets import record_gatys_steps, record_masked_style, record_vgg_features
from pytorch import record_examples, record_pytorch
from training_step import record_training_run, record_training_step
from transform import record_transform
from vgg_depth import record_vgg_depth

HERE = Path(__file__).parent
RECORDS = {"vgg_features.h5": record_vgg_features, "gatys_steps.h5": record_gatys_steps, "masked_style.h5": record_masked_style,
           "layers.h5": record_layers, "depth_loss.h5": record_depth_loss, "transform.h5": record_transform, "lengstrom.h5": record_lengstrom,
           "hourglass.h5": record_hourglass, "hed.h5": record_hed, "vgg_depth.h5": record_vgg_depth, "adain.h5": record_adain,
           "monodepth.h5": record_monodepth, "training_step.h5": record_training_step,
           "training_run.h5": record_training_run, "examples.h5": record_examples}


def show(name, item):
    if isinstance(item, h5py.Dataset):
        print(f"  {name:42s} {item.dtype.str[1:]}  {list(item.shape)}")


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name in [argument for argument in sys.argv[1:] if argument in RECORDS] or RECORDS:
        if "--list" not in sys.argv:
            with h5py.File(HERE / name, "w", libver=("v108", "v108")) as file:
                file.attrs["made_by"] = np.bytes_(f"record.py, torch {torch.__version__}, numpy {np.__version__}")
                RECORDS[name](file)
        with h5py.File(HERE / name) as file:
            print(f"{name}: {file.attrs['made_by'].decode()}, {(HERE / name).stat().st_size} bytes")
            file.visititems(show)
    if len(sys.argv) == 1:
        record_exchange(HERE)
        record_pytorch(HERE)
        record_monodepth_files(HERE)


if __name__ == "__main__":
    main()
