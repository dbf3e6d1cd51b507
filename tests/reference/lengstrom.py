"""lengstrom.h5: lengstrom's network of a few channels, in the names and axes of its checkpoints, written from TensorFlow's rules.

Layers j = 0.. in the order of LAYERS have weight seed 500 + 3j, beta 501 + 3j, gamma 502 + 3j, axes as in the file:
weight = value / sqrt(R * S * inputs) * 2; beta = 0.1 * value; gamma = 1 + 0.5 * value, all in f32.
x = picture(1, 5, H, W), RGB 0..255. `even`: 24 x 20, `odd`: 21 x 27.
"""
import torch
import torch.nn.functional as F

from formula import np, picture, tensor, value

# name, weight [R, S, inputs, outputs]; of up1 and up2 [R, S, outputs, inputs]
LAYERS = {"conv1": (9, 9, 3, 4), "conv2": (3, 3, 4, 6), "conv3": (3, 3, 6, 7), "res1a": (3, 3, 7, 7), "res1b": (3, 3, 7, 7), "res2a": (3, 3, 7, 7),
          "res2b": (3, 3, 7, 7), "up1": (3, 3, 5, 7), "up2": (3, 3, 4, 5), "conv9": (9, 9, 4, 3)}


def narrow_arrays():
    arrays, f = {}, np.float32
    for j, (name, shape) in enumerate(LAYERS.items()):
        inputs, outputs = (shape[3], shape[2]) if name.startswith("up") else shape[2:]
        arrays[name + ".weight"] = value(shape, 500 + 3 * j) * (f(2) / np.sqrt(f(shape[0] * shape[1] * inputs)))
        arrays[name + ".beta"] = f(0.1) * value((outputs,), 501 + 3 * j)
        arrays[name + ".gamma"] = f(1) + f(0.5) * value((outputs,), 502 + 3 * j)
    return arrays


def conv_same(x, w, stride):
    """w [R, S, C, K]. The output has ceil(side / stride); of the zeros needed, the smaller half goes in front."""
    pads = []
    for side, kernel in ((x.shape[3], w.shape[1]), (x.shape[2], w.shape[0])):
        total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        pads += [total // 2, total - total // 2]
    return F.conv2d(F.pad(x, pads), w.permute(3, 2, 0, 1), stride=stride)


def up_same(x, w):
    """w [R, S, K, C]. Each pixel adds its kernel at twice its position; the first 2H x 2W are kept."""
    n, _, h, wide = x.shape
    y = x.new_zeros(n, w.shape[2], 2 * h + 1, 2 * wide + 1)
    for r in range(w.shape[0]):
        for s in range(w.shape[1]):
            y[:, :, r:r + 2 * h:2, s:s + 2 * wide:2] += torch.einsum("nchw,kc->nkhw", x, w[r, s])
    return y[:, :, :2 * h, :2 * wide]


def network(arrays, x):
    """x: [1, 3, H, W], RGB 0..255; arrays by name, any number of residual blocks."""
    def norm(y, name):
        mean = y.mean((2, 3), keepdim=True)
        variance = (y - mean).square().mean((2, 3), keepdim=True)
        gamma, beta = (arrays[f"{name}.{part}"].view(1, -1, 1, 1) for part in ("gamma", "beta"))
        return gamma * (y - mean) / (variance + 1e-3).sqrt() + beta

    def conv(y, name, stride=1):
        return norm(conv_same(y, arrays[name + ".weight"], stride), name)

    for name, stride in (("conv1", 1), ("conv2", 2), ("conv3", 2)):
        x = F.relu(conv(x, name, stride))
    block = 1
    while f"res{block}a.weight" in arrays:
        x = x + conv(F.relu(conv(x, f"res{block}a")), f"res{block}b")
        block += 1
    for name in ("up1", "up2"):
        x = F.relu(norm(up_same(x, arrays[name + ".weight"]), name))
    return 150 * torch.tanh(conv(x, "conv9")) + 127.5


def record_lengstrom(file):
    arrays = {name: tensor(array, torch.float64) for name, array in narrow_arrays().items()}
    for name, (height, width) in {"even": (24, 20), "odd": (21, 27)}.items():
        file[name] = network(arrays, tensor(picture(1, 5, height, width), torch.float64)[None])
