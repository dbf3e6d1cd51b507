<<<<<<< HEAD
<<<<<<< HEAD
"""Records what PyTorch computes into HDF5 files beside this script, which the C++ tests read.

    python tests/reference/record.py            writes all of them, RECORDS below
    python tests/reference/record.py a.h5 b.h5  writes these
=======
"""Records what PyTorch computes into four HDF5 files beside this script, which the C++ tests read.

    python tests/reference/record.py            writes vgg_features.h5, gatys_steps.h5, masked_style.h5 and layers.h5
>>>>>>> w-masks
    python tests/reference/record.py --list     prints every dataset with its type and shape

formula.py defines the inputs and weights; nets.py, layers.py and transform.py what is recorded.
=======
"""Records what PyTorch computes into three HDF5 files beside this script, which the C++ tests read, and two files of other formats.

    python tests/reference/record.py            writes vgg_features.h5, gatys_steps.h5, layers.h5 and exchange.{onnx,safetensors}
    python tests/reference/record.py --list     prints every dataset with its type and shape

formula.py defines the inputs and weights, nets.py, layers.py and exchange.py what is recorded.
>>>>>>> w-onnx
"""
import sys
from pathlib import Path

import h5py
import numpy as np
import torch

from exchange import record_exchange
from layers import record_layers
<<<<<<< HEAD
from nets import record_gatys_steps, record_vgg_features
from transform import record_transform

HERE = Path(__file__).parent
RECORDS = {"vgg_features.h5": record_vgg_features, "gatys_steps.h5": record_gatys_steps, "layers.h5": record_layers,
           "transform.h5": record_transform}
=======
from nets import record_gatys_steps, record_masked_style, record_vgg_features

HERE = Path(__file__).parent
RECORDS = {"vgg_features.h5": record_vgg_features, "gatys_steps.h5": record_gatys_steps,
           "masked_style.h5": record_masked_style, "layers.h5": record_layers}
>>>>>>> w-masks


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
    if "--list" not in sys.argv:
        record_exchange(HERE)


if __name__ == "__main__":
    main()
